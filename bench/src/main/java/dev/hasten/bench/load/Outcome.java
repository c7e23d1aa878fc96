package dev.hasten.bench.load;

/** What an answer means for the operation that it belongs to. */
public sealed interface Outcome {
    /** The next request of the operation has been sent. */
    Outcome MORE = new More();

    /** The operation is over, and there is but one kind of them. */
    Outcome DONE = new Done(0);

    /** The operation goes on. */
    record More() implements Outcome {}

    /**
     * The operation is over, and all was right.
     *
     * @param kind index of the kinds of operations that the script does
     */
    record Done(int kind) implements Outcome {}

    /**
     * The operation has failed.
     *
     * @param reason the same text for all that failed in this way
     */
    record Failed(String reason) implements Outcome {}
}
