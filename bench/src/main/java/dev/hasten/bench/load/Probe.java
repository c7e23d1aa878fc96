package dev.hasten.bench.load;

/** Measures something else during a load, such as the server process. */
public interface Probe {
    /** Measures nothing. */
    Probe NONE = new Probe() {
        @Override
        public void begin() {}

        @Override
        public void end() {}
    };

    /** Called at the end of the warm-up. */
    void begin();

    /** Called after the last response. */
    void end();
}
