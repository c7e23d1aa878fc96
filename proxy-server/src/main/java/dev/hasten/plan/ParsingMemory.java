package dev.hasten.plan;

import dev.hasten.deadline.Cancellation;
import dev.hasten.memory.MemoryUse;
import dev.hasten.protocol.ParseMeter;

/**
 * Reserves memory for JSON while it is parsed, and stops the parser if the request must stop.
 *
 * @param work the request that the JSON is parsed for
 * @param use the kind of use that the memory is counted as
 */
public record ParsingMemory(Cancellation work, MemoryUse use) implements ParseMeter {
    @Override
    public void values(int bytes) {
        work.memory().take(use, bytes);
        work.checkpoint();
    }

    @Override
    public void texts(int bytes) {
        work.memory().take(use, bytes);
    }
}
