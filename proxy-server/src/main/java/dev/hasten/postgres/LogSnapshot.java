package dev.hasten.postgres;

import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A position in the write-ahead log, and which transactions were visible at that moment.
 *
 * @param position where the next record will be inserted
 * @param nextTransaction the lower 32 bits of the first transaction that had not begun
 * @param running the lower 32 bits of earlier transactions that had not ended
 * @param inRecovery whether the server is a standby
 */
public record LogSnapshot(long position, int nextTransaction, Set<Integer> running, boolean inRecovery) {
    private static final int PAGE = 8192;
    /** The sizes of the header of a page, and of the first page of a segment (xlog_internal.h). */
    private static final Set<Long> PAGE_HEADERS = Set.of(24L, 40L);

    /**
     * Parses the output of PostgreSQL's functions.
     *
     * @param position of pg_current_wal_insert_lsn, as the number of bytes since the start of the log
     * @param snapshot of pg_current_snapshot, such as {@code 10:20:10,14}
     */
    static LogSnapshot of(long position, String snapshot, boolean inRecovery) {
        String[] parts = snapshot.split(":", -1);
        Set<Integer> running = parts[2].isEmpty()
                ? Set.of()
                : Arrays.stream(parts[2].split(",", -1))
                        .map(LogSnapshot::lowerBits)
                        .collect(Collectors.toUnmodifiableSet());
        return new LogSnapshot(reachable(position), lowerBits(parts[1]), running, inRecovery);
    }

    private static int lowerBits(String transaction) {
        return (int) Long.parseLong(transaction);
    }

    /**
     * On an idle server, the position can be behind the header of a page that is not written yet; the stream would never
     * reach it.
     */
    private static long reachable(long position) {
        long inPage = Long.remainderUnsigned(position, PAGE);
        return PAGE_HEADERS.contains(inPage) ? position - inPage : position;
    }

    /** Whether every snapshot that is taken from now on sees the transaction, which has committed. */
    public boolean sees(int transaction) {
        return transaction - nextTransaction < 0 && !running.contains(transaction);
    }
}
