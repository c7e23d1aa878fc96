/**
 * The memory that the requests of a process may hold, and how it is shared among databases and API keys. Start with
 * {@link dev.hasten.memory.MemoryBudget}.
 */
@NullMarked
package dev.hasten.memory;

import org.jspecify.annotations.NullMarked;
