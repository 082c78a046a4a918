package dev.banyan.parity;

import dev.banyan.exchange.Body;
import dev.banyan.exchange.Headers;
import dev.banyan.exchange.Response;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// An API whose documents are drawn at random: fields of a resource, which stay, and fields made
/// anew for each answer. Knows nothing of how answers are compared, and nothing of it was written
/// with them in mind.
final class RandomApi {

  /// What a field holds.
  enum Kind {
    WORD(false),
    SENTENCE(false),
    INTEGER(false),
    DECIMAL(false),
    FLAG(false),
    NOTHING(false),
    PAST(false),
    DAY(false),
    STABLE_UUID(false),
    STABLE_TOKEN(false),
    CODE(false),
    NOW_MILLIS(true),
    NOW_MICROS(true),
    NOW_OFFSET(true),
    NOW_EPOCH(true),
    FRESH_UUID(true),
    HEX_TOKEN(true),
    BASE64_TOKEN(true),
    COUNTER(true),
    CURSOR(true);

    final boolean drawn;

    Kind(boolean drawn) {
      this.drawn = drawn;
    }
  }

  /// A field, an object of fields, or a list of objects in some order.
  sealed interface Node {
    record Leaf(String path, Kind kind) implements Node {}

    record Tree(List<String> names, List<Node> nodes) implements Node {}

    record Rows(String path, Tree element, int size, boolean shuffled) implements Node {}
  }

  private static final String[] SYLLABLES = {"ka", "lo", "mi", "ter", "ven", "su", "ra", "pon"};

  final Node.Tree schema;
  final List<Node.Leaf> leaves = new ArrayList<>();
  final List<Node.Rows> rows = new ArrayList<>();
  private int names;

  RandomApi(Random random) {
    schema = tree(random, "body:$", 3, 4 + random.nextInt(5));
  }

  private Node.Tree tree(Random random, String path, int depth, int fields) {
    List<String> keys = new ArrayList<>();
    List<Node> nodes = new ArrayList<>();
    for (int i = 0; i < fields; i++) {
      String name = name(random) + Character.toString('A' + names++ % 26);
      keys.add(name);
      nodes.add(node(random, path + "." + name, depth));
    }
    return new Node.Tree(keys, nodes);
  }

  private Node node(Random random, String path, int depth) {
    int drawn = random.nextInt(10);
    if (depth > 0 && drawn == 0) {
      return tree(random, path, depth - 1, 2 + random.nextInt(3));
    }
    if (depth > 0 && drawn == 1) {
      Node.Tree element = tree(random, path + "[*]", 0, 2 + random.nextInt(2));
      Node.Rows list = new Node.Rows(path, element, 2 + random.nextInt(4), random.nextBoolean());
      rows.add(list);
      return list;
    }
    Kind[] kinds = Kind.values();
    Node.Leaf leaf = new Node.Leaf(path, kinds[random.nextInt(kinds.length)]);
    leaves.add(leaf);
    return leaf;
  }

  private static String name(Random random) {
    return SYLLABLES[random.nextInt(SYLLABLES.length)]
        + SYLLABLES[random.nextInt(SYLLABLES.length)];
  }

  /// One running copy of the API, with its own clock, counters and luck.
  final class Copy {
    private final Random luck;
    private long sequence;
    private Instant now;
    private @Nullable String faulty;

    Copy(long seed, Instant start) {
      luck = new Random(seed);
      sequence = 1_000L + luck.nextInt(9_000);
      now = start.truncatedTo(ChronoUnit.MILLIS);
    }

    Instant now() {
      return now;
    }

    /// From now on, another value in every place of one path; null for none.
    void breakAt(@Nullable String path) {
      faulty = path;
    }

    Response get(int resource) {
      now = now.plus(200_000L + luck.nextInt(1_500_000), ChronoUnit.MICROS);
      sequence += 1L + luck.nextInt(4);
      StringBuilder json = new StringBuilder();
      write(schema, resource, json);
      return new Response(
          200,
          Headers.of("Content-Type", "application/json", "X-Kind", "r" + resource % 7),
          Body.of(json.toString().getBytes(StandardCharsets.UTF_8)));
    }

    private void write(Node node, long row, StringBuilder json) {
      switch (node) {
        case Node.Leaf leaf -> json.append(value(leaf, row));
        case Node.Tree tree -> {
          for (int i = 0; i < tree.names().size(); i++) {
            json.append(i == 0 ? "{\"" : ",\"").append(tree.names().get(i)).append("\":");
            write(tree.nodes().get(i), row, json);
          }
          json.append('}');
        }
        case Node.Rows list -> {
          List<String> elements = new ArrayList<>();
          for (int i = 0; i < list.size(); i++) {
            StringBuilder element = new StringBuilder("{\"id\":" + (row * 10 + i) + ",");
            StringBuilder rest = new StringBuilder();
            write(list.element(), row * 10 + i, rest);
            elements.add(element.append(rest, 1, rest.length()).toString());
          }
          if (list.shuffled()) {
            Collections.shuffle(elements, luck);
          }
          json.append('[').append(String.join(",", elements)).append(']');
        }
      }
    }

    private String value(Node.Leaf leaf, long row) {
      boolean other = leaf.path().equals(faulty);
      if (leaf.kind().drawn) {
        return drawn(leaf.kind());
      }
      String sound = stable(leaf.kind(), new Random(leaf.path().hashCode() * 31L + row));
      if (!other) {
        return sound;
      }
      Supplier<String> another =
          () -> stable(leaf.kind(), new Random(leaf.path().hashCode() + luck.nextLong()));
      String wrong = another.get();
      for (int i = 0; i < 9 && wrong.equals(sound); i++) {
        wrong = another.get();
      }
      return wrong.equals(sound) ? "\"" + name(luck) + "\"" : wrong;
    }

    private String drawn(Kind kind) {
      return switch (kind) {
        case NOW_MILLIS ->
            text(DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSS'Z'").format(at(0)));
        case NOW_MICROS ->
            text(DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSSSSS").format(at(0)));
        case NOW_OFFSET ->
            text(DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ssxxx").format(at(2)));
        case NOW_EPOCH -> Long.toString(now.toEpochMilli());
        case FRESH_UUID -> text(new UUID(luck.nextLong(), luck.nextLong()).toString());
        case HEX_TOKEN -> text(HexFormat.of().formatHex(bytes(16)));
        case BASE64_TOKEN ->
            text(Base64.getUrlEncoder().withoutPadding().encodeToString(bytes(24)));
        case COUNTER -> Long.toString(sequence);
        default ->
            text(
                Base64.getUrlEncoder().withoutPadding().encodeToString(bytes(9 + luck.nextInt(9))));
      };
    }

    private OffsetDateTime at(int hours) {
      return now.atOffset(ZoneOffset.ofHours(hours));
    }

    private byte[] bytes(int count) {
      byte[] bytes = new byte[count];
      luck.nextBytes(bytes);
      return bytes;
    }
  }

  private static String text(String value) {
    return "\"" + value + "\"";
  }

  private static String stable(Kind kind, Random of) {
    return switch (kind) {
      case WORD -> text(name(of));
      case SENTENCE -> text(name(of) + " " + name(of) + ", " + name(of) + " é \\\"" + name(of));
      case INTEGER -> Integer.toString(of.nextInt(100_000));
      case DECIMAL -> of.nextInt(1_000) + "." + (10 + of.nextInt(90));
      case FLAG -> Boolean.toString(of.nextBoolean());
      case NOTHING -> "null";
      case PAST -> text(Instant.ofEpochSecond(1_500_000_000L + of.nextInt(90_000_000)).toString());
      case DAY -> text("20" + (10 + of.nextInt(15)) + "-0" + (1 + of.nextInt(9)) + "-11");
      case STABLE_UUID -> text(new UUID(of.nextLong(), of.nextLong()).toString());
      case STABLE_TOKEN -> text(Long.toHexString(of.nextLong()) + "f0");
      default -> text("C-" + of.nextInt(900));
    };
  }
}
