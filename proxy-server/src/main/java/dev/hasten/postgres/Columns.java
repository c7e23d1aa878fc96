package dev.hasten.postgres;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.postgresql.core.Field;

/** Names and types of the columns of a result. All results of a prepared statement share one instance. */
public final class Columns {
    /** The columns of a statement that returns no rows. */
    public static final Columns NONE = new Columns(new Field[0]);

    private final Field[] fields;
    private final List<String> names;
    private final List<ColumnType> types;
    private final Map<String, Integer> indexes;

    private Columns(Columns other, List<ColumnType> types) {
        this.fields = other.fields;
        this.names = other.names;
        this.types = List.copyOf(types);
        this.indexes = other.indexes;
    }

    private Columns(Field[] fields) {
        String[] columnNames = new String[fields.length];
        ColumnType[] columnTypes = new ColumnType[fields.length];
        Map<String, Integer> byName = new HashMap<>();
        for (int i = 0; i < fields.length; i++) {
            columnNames[i] = fields[i].getColumnLabel();
            columnTypes[i] = ColumnType.of(fields[i].getOID());
            byName.put(columnNames[i], i);
        }
        this.fields = fields.clone();
        this.names = List.of(columnNames);
        this.types = List.of(columnTypes);
        this.indexes = Map.copyOf(byName);
    }

    static Columns of(Field[] fields) {
        return new Columns(fields);
    }

    /** The same columns with other types. */
    public Columns withTypes(List<ColumnType> others) {
        return new Columns(this, others);
    }

    /** The names, in the order of the columns. */
    public List<String> names() {
        return names;
    }

    /** The types, in the order of the columns. */
    public List<ColumnType> types() {
        return types;
    }

    /**
     * The index of each column by name. If several columns have the same name, the last one is used, as in the
     * official executor.
     */
    public Map<String, Integer> indexes() {
        return indexes;
    }

    /** PostgreSQL's description of a column. */
    public ColumnDescription describe(int column) {
        Field field = fields[column];
        return new ColumnDescription(
                names.get(column),
                Integer.toUnsignedLong(field.getOID()),
                Integer.toUnsignedLong(field.getTableOid()),
                field.getPositionInTable(),
                field.getLength(),
                field.getMod());
    }

    /** The number of columns. */
    public int size() {
        return names.size();
    }
}
