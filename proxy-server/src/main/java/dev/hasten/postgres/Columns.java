package dev.hasten.postgres;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.postgresql.core.Field;

/**
 * Names and types of a result's columns. One instance serves all results of a prepared statement.
 *
 * @param indexes the column of a name; of equal names the last, as in the official executor
 * @param fields as the driver has them
 */
public record Columns(List<String> names, List<ColumnType> types, Map<String, Integer> indexes, List<Field> fields) {

    /** Of a statement without a result. */
    public static final Columns NONE = new Columns(List.of(), List.of(), Map.of(), List.of());

    static Columns of(Field[] fields) {
        String[] names = new String[fields.length];
        ColumnType[] types = new ColumnType[fields.length];
        Map<String, Integer> indexes = new HashMap<>();
        for (int i = 0; i < fields.length; i++) {
            names[i] = fields[i].getColumnLabel();
            types[i] = ColumnType.of(fields[i].getOID());
            indexes.put(names[i], i);
        }
        return new Columns(List.of(names), List.of(types), Map.copyOf(indexes), List.of(fields));
    }

    /** What PostgreSQL says about a column, counted from 0. */
    public ColumnDescription describe(int column) {
        Field field = fields.get(column);
        return new ColumnDescription(
                names.get(column),
                Integer.toUnsignedLong(field.getOID()),
                Integer.toUnsignedLong(field.getTableOid()),
                field.getPositionInTable(),
                field.getLength(),
                field.getMod());
    }

    /** How many columns there are. */
    public int size() {
        return names.size();
    }
}
