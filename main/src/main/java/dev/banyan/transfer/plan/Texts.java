package dev.banyan.transfer.plan;

import dev.banyan.transfer.table.Commit;
import dev.banyan.transfer.table.Position;
import dev.banyan.transfer.table.Range;
import dev.banyan.transfer.table.SnapshotToken;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// What the target remembers, as lines of words.
///
/// ```
/// at 0/5120                          done - i41
/// unseen 731 0/5090                  done i41 i97 x:729:734:731:0/5120 0/5200
/// s0 x:729:729::0/4096               own 0/5200
/// ```
final class Texts {
  /// What is remembered of the transfer as a whole.
  record Head(Position durable, Unseen unseen) {}

  private Texts() {}

  static String text(Head head) {
    StringBuilder lines = new StringBuilder("at ").append(head.durable()).append('\n');
    for (Commit commit : head.unseen().commits().list()) {
      lines.append("unseen ").append(commit.xid()).append(' ').append(commit.position());
      lines.append('\n');
    }
    head.unseen().s0().ifPresent(s0 -> lines.append("s0 ").append(text(s0)).append('\n'));
    return lines.toString();
  }

  static Head head(String text) {
    Position durable = Position.START;
    List<Commit> commits = new ArrayList<>();
    Optional<SnapshotToken> s0 = Optional.empty();
    for (String line : text.lines().toList()) {
      String[] words = words(line);
      switch (words[0]) {
        case "at" -> durable = Position.parse(words[1]);
        case "unseen" ->
            commits.add(new Commit(Position.parse(words[2]), Long.parseLong(words[1])));
        case "s0" -> s0 = Optional.of(token(words[1]));
        default -> throw unreadable(line);
      }
    }
    return new Head(durable, new Unseen(Chain.of(commits), s0));
  }

  /// Empty where there is nothing to remember.
  static String text(Mark mark) {
    StringBuilder lines = new StringBuilder();
    if (mark.cleared()) {
      lines.append("cleared\n");
    }
    for (Done done : mark.done()) {
      lines.append("done ").append(bound(done.range().after()));
      lines.append(' ').append(bound(done.range().upTo()));
      done.seen()
          .ifPresent(seen ->
              lines.append(' ').append(text(seen.snapshot())).append(' ').append(seen.merged()));
      lines.append('\n');
    }
    mark.own().ifPresent(own -> lines.append("own ").append(own).append('\n'));
    if (!mark.stopped().isEmpty()) {
      lines
          .append("stopped ")
          .append(URLEncoder.encode(mark.stopped(), StandardCharsets.UTF_8))
          .append('\n');
    }
    return lines.toString();
  }

  static Mark mark(String text) {
    boolean cleared = false;
    List<Done> done = new ArrayList<>();
    Optional<Position> own = Optional.empty();
    String stopped = "";
    for (String line : text.lines().toList()) {
      String[] words = words(line);
      switch (words[0]) {
        case "cleared" -> cleared = true;
        case "done" -> done.add(done(words));
        case "own" -> own = Optional.of(Position.parse(words[1]));
        case "stopped" -> stopped = URLDecoder.decode(words[1], StandardCharsets.UTF_8);
        default -> throw unreadable(line);
      }
    }
    return new Mark(cleared, done, own, stopped);
  }

  private static String[] words(String line) {
    String[] words = line.split(" ", -1);
    int least =
        switch (words[0]) {
          case "unseen", "done" -> 3;
          case "cleared" -> 1;
          default -> 2;
        };
    if (words.length < least) {
      throw unreadable(line);
    }
    return words;
  }

  private static Done done(String[] words) {
    Range range = new Range(bound(words[1]), bound(words[2]));
    return new Done(
        range,
        words.length < 5
            ? Optional.empty()
            : Optional.of(new Seen(token(words[3]), Position.parse(words[4]))));
  }

  private static String bound(Optional<dev.banyan.transfer.table.Key> key) {
    return key.map(KeyText::text).orElse("-");
  }

  private static Optional<dev.banyan.transfer.table.Key> bound(String word) {
    return word.equals("-") ? Optional.empty() : Optional.of(KeyText.key(word));
  }

  static String text(SnapshotToken token) {
    return switch (token) {
      case SnapshotToken.Xids xids ->
          "x:"
              + xids.xmin()
              + ":"
              + xids.xmax()
              + ":"
              + xids.running().stream()
                  .sorted()
                  .map(String::valueOf)
                  .collect(Collectors.joining(","))
              + ":"
              + xids.upTo();
      case SnapshotToken.Upto upTo -> "p:" + upTo.upTo();
    };
  }

  static SnapshotToken token(String word) {
    String[] parts = word.split(":", -1);
    if (parts.length < (parts[0].equals("x") ? 5 : 2)) {
      throw unreadable(word);
    }
    return switch (parts[0]) {
      case "p" -> new SnapshotToken.Upto(Position.parse(parts[1]));
      case "x" ->
          new SnapshotToken.Xids(
              Long.parseLong(parts[1]),
              Long.parseLong(parts[2]),
              running(parts[3]),
              Position.parse(parts[4]));
      default -> throw unreadable(word);
    };
  }

  private static Set<Long> running(String list) {
    return list.isEmpty()
        ? Set.of()
        : List.of(list.split(",", -1)).stream().map(Long::valueOf).collect(Collectors.toSet());
  }

  static IllegalArgumentException unreadable(String what) {
    return new IllegalArgumentException(
        "what the target remembers of the transfer can not be read: " + what);
  }
}
