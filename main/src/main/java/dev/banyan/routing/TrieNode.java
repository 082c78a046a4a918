package dev.banyan.routing;

import dev.banyan.routing.PathTemplate.Segment;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// One position in the tree of templates. Grown while a table is compiled, never changed
/// afterwards.
///
/// Matching a path without percent signs allocates nothing: literals are found by the hash of their
/// characters in place.
final class TrieNode {
  /// A literal and what follows it; those of one hash slot are chained.
  private record Edge(String literal, TrieNode node, @Nullable Edge next) {}

  private static final int SMALLEST = 4;

  private @Nullable Edge[] literals = new Edge[SMALLEST];
  private int literalCount;
  private @Nullable TrieNode variable;
  private @Nullable TrieNode catchAll;

  /// Routes that end here, by method.
  final Map<String, Route> byMethod = new HashMap<>();

  /// The route without a method that ends here, once for each method that has an endpoint of its
  /// own.
  final Map<String, Route> anyMethod = new HashMap<>();

  /// What `HEAD` means here when only `GET` is claimed.
  @Nullable Route headOfGet;

  /// The node where a template ends, grown on the way.
  TrieNode descend(PathTemplate template) {
    TrieNode node = this;
    for (Segment segment : template.segments()) {
      node =
          switch (segment) {
            case Segment.Literal literal -> node.literal(literal.text());
            case Segment.Variable variable -> node.variable();
            case Segment.CatchAll all -> node.catchAll();
          };
    }
    return node;
  }

  private TrieNode literal(String text) {
    TrieNode known = find(text, 0, text.length());
    if (known != null) {
      return known;
    }
    if (literalCount >= literals.length) {
      grow();
    }
    TrieNode fresh = new TrieNode();
    link(new Edge(text, fresh, null));
    literalCount++;
    return fresh;
  }

  private void grow() {
    @Nullable Edge[] old = literals;
    literals = new Edge[old.length * 2];
    for (Edge chain : old) {
      for (Edge edge = chain; edge != null; edge = edge.next()) {
        link(edge);
      }
    }
  }

  private void link(Edge edge) {
    int slot = slot(edge.literal(), 0, edge.literal().length());
    literals[slot] = new Edge(edge.literal(), edge.node(), literals[slot]);
  }

  private TrieNode variable() {
    TrieNode node = variable;
    if (node == null) {
      node = new TrieNode();
      variable = node;
    }
    return node;
  }

  private TrieNode catchAll() {
    TrieNode node = catchAll;
    if (node == null) {
      node = new TrieNode();
      catchAll = node;
    }
    return node;
  }

  /// The best route below this node.
  ///
  /// @param at where the rest of the path begins: at a slash, or at `end` when nothing is left
  @Nullable Route match(String method, String path, int at, int end) {
    if (at >= end) {
      Route here = ending(method);
      return here == null && catchAll != null ? catchAll.ending(method) : here;
    }
    int from = at + 1;
    int slash = path.indexOf('/', from);
    int to = slash < 0 || slash > end ? end : slash;
    TrieNode literal = child(path, from, to);
    if (literal != null) {
      Route found = literal.match(method, path, to, end);
      if (found != null) {
        return found;
      }
    }
    if (variable != null && to > from) {
      Route found = variable.match(method, path, to, end);
      if (found != null) {
        return found;
      }
    }
    return catchAll == null ? null : catchAll.ending(method);
  }

  private @Nullable Route ending(String method) {
    Route exact = byMethod.get(method);
    if (exact != null) {
      return exact;
    }
    if (headOfGet != null && method.equals("HEAD")) {
      return headOfGet;
    }
    Route any = anyMethod.get(method);
    return any != null ? any : anyMethod.get(RoutingTable.OTHER);
  }

  private @Nullable TrieNode child(String path, int from, int to) {
    if (literalCount == 0) {
      return null;
    }
    for (int i = from; i < to; i++) {
      if (path.charAt(i) == '%') {
        String decoded = decode(path.substring(from, to));
        return find(decoded, 0, decoded.length());
      }
    }
    return find(path, from, to);
  }

  private @Nullable TrieNode find(String text, int from, int to) {
    for (Edge edge = literals[slot(text, from, to)]; edge != null; edge = edge.next()) {
      if (edge.literal().length() == to - from
          && edge.literal().regionMatches(0, text, from, to - from)) {
        return edge.node();
      }
    }
    return null;
  }

  private int slot(String text, int from, int to) {
    int hash = 0;
    for (int i = from; i < to; i++) {
      hash = 31 * hash + text.charAt(i);
    }
    return (hash ^ (hash >>> 16)) & (literals.length - 1);
  }

  /// A segment with its percent-encoding undone, or as it is where that is not valid UTF-8.
  private static String decode(String segment) {
    byte[] bytes = new byte[segment.length() * 3];
    int n = 0;
    for (int i = 0; i < segment.length(); i++) {
      char c = segment.charAt(i);
      int high =
          c == '%' && i + 2 < segment.length() ? Character.digit(segment.charAt(i + 1), 16) : -1;
      int low = high < 0 ? -1 : Character.digit(segment.charAt(i + 2), 16);
      if (low >= 0) {
        bytes[n++] = (byte) (high << 4 | low);
        i += 2;
      } else {
        for (byte b : String.valueOf(c).getBytes(StandardCharsets.UTF_8)) {
          bytes[n++] = b;
        }
      }
    }
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes, 0, n)).toString();
    } catch (CharacterCodingException e) {
      // Not text, so no literal of ours: the segment stays as it was sent and matches variables
      // only.
      return segment;
    }
  }
}
