package dev.hasten.postgres;

/**
 * A result column as PostgreSQL describes it; "RowDescription" in its manual's chapter on message formats.
 *
 * @param typeOid unsigned
 * @param tableOid of the table that the column is of, unsigned; 0 if it is of none
 * @param columnNumber in that table, from 1; 0 if it is of none
 * @param typeSize bytes of the type, negative if it varies
 * @param typeModifier as the type understands it, -1 for none
 */
public record ColumnDescription(
        String name, long typeOid, long tableOid, int columnNumber, int typeSize, int typeModifier) {}
