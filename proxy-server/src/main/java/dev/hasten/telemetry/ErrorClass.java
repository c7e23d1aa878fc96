package dev.hasten.telemetry;

import java.util.Set;

/**
 * Maps error codes to a fixed number of label values. Clients can choose SQLSTATEs, with RAISE, so unknown ones must not create
 * values.
 */
final class ErrorClass {
    private static final String OTHER = "other";
    private static final int CLASS_LENGTH = 2;

    /** The codes of Prisma that Hasten sends; docs/troubleshooting.md describes them. */
    static final Set<String> PRISMA = Set.of(
            "P1000", "P1001", "P1003", "P1008", "P1009", "P1010", "P1011", "P1017", "P2000", "P2002", "P2003", "P2007",
            "P2009", "P2010", "P2011", "P2012", "P2013", "P2014", "P2017", "P2018", "P2019", "P2020", "P2021", "P2022",
            "P2023", "P2024", "P2025", "P2028", "P2029", "P2034", "P2037", "P2039", "P5000", "P5003", "P5009", "P5011",
            "P6000", "P6002", "P6004", "P6005", "P6006", "P6008", "P6009");

    /** The classes in appendix A of PostgreSQL's documentation. */
    private static final Set<String> CLASSES = Set.of(
            "00", "01", "02", "03", "08", "09", "0A", "0B", "0F", "0L", "0P", "0Z", "10", "20", "21", "22", "23", "24",
            "25", "26", "27", "28", "2B", "2D", "2F", "34", "38", "39", "3B", "3D", "3F", "40", "42", "44", "53", "54",
            "55", "57", "58", "F0", "HV", "P0", "XX");

    private ErrorClass() {}

    /** The code itself if it is one of Prisma, otherwise the class of the SQLSTATE. */
    static String of(String code) {
        if (PRISMA.contains(code)) {
            return code;
        }
        String start = code.length() < CLASS_LENGTH ? "" : code.substring(0, CLASS_LENGTH);
        return CLASSES.contains(start) ? start : OTHER;
    }
}
