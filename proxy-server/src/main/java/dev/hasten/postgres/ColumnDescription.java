package dev.hasten.postgres;

/**
 * A result column, as in PostgreSQL's {@code RowDescription} message ("Message Formats" in its manual).
 *
 * @param typeOid OID of the type, unsigned
 * @param tableOid OID of the table that the column belongs to, unsigned; 0 if it belongs to none
 * @param columnNumber number of the column in that table, from 1; 0 if it belongs to none
 * @param typeSize size of the type in bytes; negative for types of variable size
 * @param typeModifier type-specific modifier; -1 for none
 */
public record ColumnDescription(
        String name, long typeOid, long tableOid, int columnNumber, int typeSize, int typeModifier) {}
