package dev.hasten.bench.load;

/** The effect of a response on its operation. */
public sealed interface Outcome {
    /** The next request of the operation has been sent. */
    Outcome MORE = new More();

    /** The operation has succeeded; for scripts with only one kind of operation. */
    Outcome DONE = new Done(0);

    /** The operation continues. */
    record More() implements Outcome {}

    /**
     * The operation has succeeded.
     *
     * @param kind index of the kind of operation
     */
    record Done(int kind) implements Outcome {}

    /**
     * The operation has failed.
     *
     * @param reason the reason; the same text for all operations that failed for this reason
     */
    record Failed(String reason) implements Outcome {}
}
