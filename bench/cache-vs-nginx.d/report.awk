# Prints tables of medians and ratios, computed from the lines that measure() writes.

function sorted(name, column, out,   n, i, j, value) {
    n = count[name]
    for (i = 1; i <= n; i++) {
        value = at[name, i, column]
        for (j = i - 1; j >= 1 && out[j] > value; j--) out[j + 1] = out[j]
        out[j + 1] = value
    }
    return n
}

function median(name, column,   values, n) {
    n = sorted(name, column, values)
    return n % 2 ? values[(n + 1) / 2] : (values[n / 2] + values[n / 2 + 1]) / 2
}

# The median of the ratios per round, where a round is `group` measurements of each load: a disturbance during a round
# affects both loads. Sets low and high to the quartiles.
function ratio(a, b, column, group,   i, j, x, y, values, n) {
    for (i = 1; i * group <= count[a]; i++) {
        x = y = 0
        for (j = 1; j <= group; j++) {
            x += at[a, (i - 1) * group + j, column]
            y += at[b, (i - 1) * group + j, column]
        }
        at["ratio", i, 1] = x / y
    }
    count["ratio"] = i - 1
    n = sorted("ratio", 1, values)
    low = values[int((n - 1) / 4) + 1]
    high = values[n - int((n - 1) / 4)]
    return median("ratio", 1)
}

function line(name, text) {
    if (!count[name]) return
    printf "%-34s %9.0f %9.1f %8.0f %8.0f %8.0f %8.0f %8.0f %7.0f\n", text, median(name, 2), median(name, 3),
        median(name, 4), median(name, 5), median(name, 6), median(name, 7), median(name, 8), median(name, 9)
}

function against(size, kind, text,   rate, cpu) {
    if (!count["hasten-" size]) return
    rate = ratio("hasten-" size, kind "-" size, 2, 1)
    printf "  %-6s / %-30s %6.2f  (%.2f to %.2f)", size, text, rate, low, high
    cpu = ratio(kind "-" size, "hasten-" size, 3, 1)
    printf "   by CPU time %6.2f  (%.2f to %.2f)\n", cpu, low, high
}

{
    count[$1]++
    for (i = 2; i <= NF; i++) at[$1, count[$1], i] = $i
}

END {
    printf "\nMedians                             requests server CPU        latency in µs                        others\n"
    printf "                                          /s  µs/req.      p50      p90      p99    p99.9      max   CPU %%\n"
    line("hasten-small", "Hasten, hit, small")
    line("get-small", "nginx, GET, small")
    line("open-small", "nginx, GET, file kept open, small")
    line("post-small", "nginx, same POST, small")
    line("hasten-large", "Hasten, hit, large")
    line("get-large", "nginx, GET, large")
    line("open-large", "nginx, GET, file kept open, large")
    line("post-large", "nginx, same POST, large")
    line("miss", "Hasten, miss")
    line("uncached", "Hasten, no strategy")
    if (count["hasten-small"]) {
        printf "\nHasten's hits / nginx: median over the rounds (quartiles); more is better, the goal is 0.7\n"
        against("small", "get", "nginx GET")
        against("small", "open", "nginx GET, file kept open")
        against("small", "post", "nginx, same POST")
        against("large", "get", "nginx GET")
        against("large", "open", "nginx GET, file kept open")
        against("large", "post", "nginx, same POST")
    }
    if (count["miss"]) {
        printf "\nWhat the cache layer adds to a miss: median over the rounds (quartiles); the goal is less than 3 %%\n"
        rate = ratio("uncached", "miss", 2, 2)
        printf "  time                 %+6.1f %%  (%+.1f to %+.1f)\n", (rate - 1) * 100, (low - 1) * 100, (high - 1) * 100
        cpu = ratio("miss", "uncached", 3, 2)
        printf "  CPU time of Hasten   %+6.1f %%  (%+.1f to %+.1f)\n", (cpu - 1) * 100, (low - 1) * 100, (high - 1) * 100
    }
}
