package dev.hasten.bench.load;

/** Looks at something else while a load is measured, such as the server's process. */
public interface Probe {
    /** Looks at nothing. */
    Probe NONE = new Probe() {
        @Override
        public void begin() {}

        @Override
        public void end() {}
    };

    /** The warm-up is over. */
    void begin();

    /** The last answer is there. */
    void end();
}
