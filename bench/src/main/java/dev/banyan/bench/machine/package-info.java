/// What both side-by-side benchmarks ask of the machine, and do with numbers: [Machine] tells the
/// conditions, [Tool] whether a program is there, [ProcessFigures] what a process has used;
/// [Figures] are medians and files.
@NullMarked
package dev.banyan.bench.machine;

import org.jspecify.annotations.NullMarked;
