package dev.banyan.compare;

import dev.banyan.migration.Endpoint;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Guesses which paths are the same endpoint.
///
/// Numbers, UUIDs, hashes, dates and tokens become `{id}`, other segments that are no words
/// (`AB-1234`) become `{value}`. So do words, once more than [#WORDS] of them have stood in one
/// place: a slug or a name, and no part of the API. Templates made before that are brought up to
/// date by [#latest]. Bounded: words for which there is no room become `{value}`. Used by one
/// thread.
final class PathTemplates {
  static final int WORDS = 100;

  private static final int MOST_SEGMENTS = 32;
  private static final int LENGTH = 200;
  private static final int MOST_NODES = 20_000;
  private static final String VALUE = "{value}";

  /// Few digits are part of a word (`oauth2`), many are part of a number; a version is a word.
  private static final Pattern WORD =
      Pattern.compile("(?!(?:[^0-9]*[0-9]){3})[$_.]?[A-Za-z0-9]+(?:[-_.:+][A-Za-z0-9]+)*_?");

  private static final Pattern VERSION = Pattern.compile("[vV]?[0-9]{1,4}(?:\\.[0-9]{1,4}){0,3}");

  private static final class Node {
    final Map<String, Node> children = new HashMap<>();
    boolean full;

    /// Words only: `{id}` and `{value}` may stand beside any number of them.
    int words() {
      return children.size()
          - (children.containsKey("{id}") ? 1 : 0)
          - (children.containsKey(VALUE) ? 1 : 0);
    }
  }

  private final Node root = new Node();
  private int nodes;

  Endpoint of(String method, String target) {
    List<String> segments = Words.segments(target);
    if (segments.size() > MOST_SEGMENTS) {
      return new Endpoint(method, "(deep)");
    }
    segments.replaceAll(PathTemplates::form);
    return new Endpoint(method, cut(String.join("/", placed(segments, true))));
  }

  /// The same endpoint by what is known now.
  Endpoint latest(Endpoint endpoint) {
    List<String> segments = new ArrayList<>(List.of(endpoint.template().split("/", -1)));
    return endpoint.template().startsWith("/")
        ? new Endpoint(endpoint.method(), String.join("/", placed(segments, false)))
        : endpoint;
  }

  private static String form(String segment) {
    if (Words.varies(segment)) {
      return "{id}";
    }
    boolean word =
        segment.isEmpty() || VERSION.matcher(segment).matches() || WORD.matcher(segment).matches();
    return word ? segment : VALUE;
  }

  private List<String> placed(List<String> segments, boolean grows) {
    List<String> placed = new ArrayList<>();
    @Nullable Node at = root;
    for (String segment : segments) {
      String name = at != null && at.full && isWord(segment) ? VALUE : segment;
      Node next = at == null ? null : at.children.get(name);
      if (next == null && grows && at != null) {
        next = grown(at, name);
        name = isWord(name) && (next == null || at.full) ? VALUE : name;
      } else if (at == null && grows && isWord(segment)) {
        name = VALUE;
      }
      placed.add(name);
      at = next;
    }
    return placed;
  }

  private static boolean isWord(String segment) {
    return !segment.isEmpty() && !segment.startsWith("{");
  }

  /// A new child, or the one that takes the place of too many; null where there is no room.
  private @Nullable Node grown(Node parent, String name) {
    if (nodes >= MOST_NODES) {
      return null;
    }
    nodes++;
    Node child = new Node();
    parent.children.put(name, child);
    if (parent.words() <= WORDS) {
      return child;
    }
    parent.full = true;
    merge(parent);
    return parent.children.get(VALUE);
  }

  private static void merge(Node parent) {
    Node all = parent.children.computeIfAbsent(VALUE, _ -> new Node());
    for (String name : List.copyOf(parent.children.keySet())) {
      if (isWord(name)) {
        take(all, parent.children.remove(name));
      }
    }
  }

  private static void take(Node into, @Nullable Node from) {
    if (from == null) {
      return;
    }
    into.full |= from.full;
    from.children.forEach(
        (name, child) -> take(into.children.computeIfAbsent(name, _ -> new Node()), child));
    if (into.full || into.words() > WORDS) {
      into.full = true;
      merge(into);
    }
  }

  private static String cut(String template) {
    return template.length() > LENGTH ? template.substring(0, LENGTH) + "…" : template;
  }
}
