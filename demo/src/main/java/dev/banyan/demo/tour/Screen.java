package dev.banyan.demo.tour;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// The terminal: words that scroll, and under them a table that stays. Where the output is no
/// terminal, the words alone. Guarded by itself.
final class Screen {
  private static final int NARROW = 100;
  private static final int BAR = 14;
  private static final int BUFFER = 1 << 16;
  private static final String ERASE = "\u001b[J";
  private static final String BOLD = "\u001b[1m";
  private static final String DIM = "\u001b[2m";
  private static final String PLAIN = "\u001b[0m";

  private final PrintStream out;
  private final boolean live;
  private final int width;
  private List<String> table = List.of();
  private boolean shown;

  private Screen(PrintStream out, boolean live, int width) {
    this.out = out;
    this.live = live;
    this.width = width;
  }

  /// @param headless plain lines even in a terminal
  // Since JDK 25 the console is null again where there is no terminal (JDK-8351435).
  @SuppressWarnings("SystemConsoleNull")
  static Screen open(boolean headless) {
    var console = System.console();
    boolean live = !headless && console != null && console.isTerminal();
    // Not System.out: it goes to the terminal line by line, so that the table would flicker, and in
    // the C locale it knows no letters but ASCII.
    PrintStream out =
        new PrintStream(
            new BufferedOutputStream(new FileOutputStream(FileDescriptor.out), BUFFER),
            false,
            StandardCharsets.UTF_8);
    return new Screen(out, live, live ? columns() : NARROW);
  }

  private static int columns() {
    try {
      Process stty =
          new ProcessBuilder("stty", "size")
              .redirectInput(Redirect.INHERIT)
              .redirectError(Redirect.DISCARD)
              .start();
      try (var reader = stty.inputReader()) {
        String[] size = String.valueOf(reader.readLine()).split(" ", -1);
        return size.length == 2 ? Math.max(40, Integer.parseInt(size[1])) : NARROW;
      }
    } catch (IOException | NumberFormatException unknown) {
      return NARROW;
    }
  }

  /// Whether there is a table to be kept fresh.
  boolean live() {
    return live;
  }

  /// A new act.
  synchronized void act(String title) {
    erase();
    out.println();
    out.println(live ? BOLD + title + PLAIN : "== " + title);
    draw();
  }

  /// Words that stay.
  synchronized void say(String words) {
    erase();
    words.lines().forEach(line -> out.println("  " + line));
    draw();
  }

  /// Replaces the table.
  synchronized void show(List<Family> families, Moving rows) {
    if (live) {
      erase();
      table = lines(families, rows);
      draw();
    }
  }

  /// Takes the table away.
  synchronized void clear() {
    erase();
    table = List.of();
    out.flush();
  }

  private void erase() {
    if (shown) {
      out.print("\u001b[" + table.size() + "A\r" + ERASE);
      shown = false;
    }
  }

  private void draw() {
    if (!table.isEmpty()) {
      table.forEach(out::println);
      shown = true;
    }
    out.flush();
  }

  private List<String> lines(List<Family> families, Moving rows) {
    List<String> lines = new ArrayList<>();
    lines.add("");
    lines.add(
        dim(
            String.format(
                Locale.ROOT,
                "  %-9s %-12s %-19s %-19s %10s %16s %16s",
                "family",
                "phase",
                "way",
                "proof of parity",
                "compared",
                "legacy p99/err",
                "candidate")));
    for (Family family : families) {
      lines.add(fit(row(family)));
      lines.add(
          dim(
              "            "
                  + family
                      .waitsFor()
                      .map(gate -> gate.name() + ": " + gate.says())
                      .orElse(family.retired() ? "the legacy is no longer asked" : "")));
    }
    lines.add(
        fit(
            String.format(
                Locale.ROOT,
                "  %-9s %-12s %-19s %s",
                "rows",
                rows.phase(),
                bar(rows.share()),
                rows.says())));
    return lines;
  }

  private static String row(Family family) {
    return String.format(
        Locale.ROOT,
        "  %-9s %-12s %-19s %-19s %10d %16s %16s",
        family.name(),
        family.place(),
        bar(family.way()),
        family.proof().map(Screen::bar).orElse(""),
        family.compared(),
        side(family.legacy()),
        side(family.candidate()));
  }

  private static String side(Family.Side side) {
    return side.requests() == 0
        ? "-"
        : String.format(Locale.ROOT, "%.1fms %.1f%%", side.p99Millis(), side.errorRate() * 100);
  }

  static String bar(double share) {
    int full = (int) Math.round(share * BAR);
    return "█".repeat(full)
        + "░".repeat(BAR - full)
        + String.format(Locale.ROOT, " %3d%%", Math.round(share * 100));
  }

  private String dim(String line) {
    return DIM + fit(line) + PLAIN;
  }

  /// A line that wraps would break the counting of lines.
  private String fit(String line) {
    return line.length() < width ? line : line.substring(0, width - 1);
  }
}
