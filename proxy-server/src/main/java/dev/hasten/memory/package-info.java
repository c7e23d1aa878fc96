/**
 * How much memory the requests of a process may hold, and how databases and API keys share it. Start with
 * {@link dev.hasten.memory.MemoryBudget}.
 */
@NullMarked
package dev.hasten.memory;

import org.jspecify.annotations.NullMarked;
