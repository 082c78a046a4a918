package dev.banyan.config;

import dev.banyan.config.Type.Group;
import dev.banyan.config.Type.Hidden;
import dev.banyan.config.Type.ListOf;
import dev.banyan.config.Type.MapOf;
import dev.banyan.config.Type.OneOrMore;
import dev.banyan.config.Type.Scalar;
import dev.banyan.config.Type.TextOrGroup;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/// Reads YAML nodes by the types of [Keys]. What does not fit becomes a finding, and reading goes
/// on with the next key, so that one run finds all there is.
final class Reader {
  private final Findings findings;
  private final Filling filling;

  Reader(Findings findings, Filling filling) {
    this.findings = findings;
    this.filling = filling;
  }

  /// The value of a node, or nothing and at least one finding.
  ///
  /// @param path the key's path
  @SuppressWarnings("unchecked") // Each kind of type reads the value that it is a type of.
  <T> Optional<T> read(Type<T> type, Node node, String path) {
    if (!plain(node.getTag())) {
      findings.hide(node);
      add(node, path, "a tag ('!…') has no meaning here; put quotes around a value that begins so");
      return Optional.empty();
    }
    return (Optional<T>)
        switch (type) {
          case Scalar<T> scalar -> scalar(scalar, node, path);
          case Hidden hidden -> hidden(hidden, node, path);
          case ListOf<?> list -> list(list, node, path);
          case OneOrMore<?> some -> oneOrMore(some, node, path);
          case MapOf<?> map -> map(map, node, path);
          case Group group -> group(group, node, path);
          case TextOrGroup either -> textOrGroup(either, node, path);
        };
  }

  /// Whether a tag is one of YAML's own. The parser marks text that begins with `${` by one too.
  private static boolean plain(Tag tag) {
    return tag.getValue().startsWith(Tag.PREFIX) || tag.equals(Tag.ENV_TAG);
  }

  /// The text of a node as it stands in the file.
  private static String text(Node node) {
    return node instanceof ScalarNode scalar ? scalar.getValue() : "";
  }

  private <T> Optional<T> scalar(Scalar<T> type, Node node, String path) {
    Optional<String> written = written(node, path, type.allowed());
    if (written.isEmpty()) {
      return Optional.empty();
    }
    Filling.Filled filled;
    try {
      filled = filling.fill(written.get());
    } catch (IllegalArgumentException e) {
      add(node, path, e.getMessage());
      return Optional.empty();
    }
    try {
      return Optional.of(type.parse().apply(filled.text()));
    } catch (IllegalArgumentException e) {
      // What came from outside may be a secret in the wrong place: it is not repeated.
      String complaint =
          filled.foreign()
              ? "what is filled in for '" + written.get() + "' is not " + type.noun()
              : e.getCause() == null && e.getMessage() != null
                  ? e.getMessage()
                  : "'" + filled.text() + "' is not " + type.noun();
      add(node, path, complaint + "; allowed: " + type.allowed());
      return Optional.empty();
    }
  }

  private Optional<Secret> hidden(Hidden type, Node node, String path) {
    findings.hide(node);
    Optional<String> written = written(node, path, type.allowed());
    if (written.isEmpty()) {
      return Optional.empty();
    }
    try {
      String value = filling.fill(written.get()).text();
      if (type.pattern().matcher(value).matches()) {
        return Optional.of(new Secret(value));
      }
      add(
          node,
          path,
          "the value (not shown) is not " + type.noun() + "; allowed: " + type.allowed());
    } catch (IllegalArgumentException e) {
      add(node, path, e.getMessage());
    }
    return Optional.empty();
  }

  private Optional<String> written(Node node, String path, String allowed) {
    if (!(node instanceof ScalarNode scalar)) {
      String what = node instanceof MappingNode ? "keys stand" : "a list stands";
      add(node, path, what + " here where one value is expected; allowed: " + allowed);
      return Optional.empty();
    }
    if (YamlText.isNull(node)) {
      add(node, path, "the value is missing; allowed: " + allowed);
      return Optional.empty();
    }
    return Optional.of(scalar.getValue());
  }

  private <T> Optional<List<Placed<T>>> list(ListOf<T> type, Node node, String path) {
    if (!(node instanceof SequenceNode sequence)) {
      add(node, path, "a list is expected here, such as [a, b]" + instead(node));
      return Optional.empty();
    }
    List<Node> items = sequence.getValue();
    if (items.size() < type.least() || items.size() > type.most()) {
      String allowed = "; allowed: " + type.least() + " to " + type.most();
      add(node, path, "the list has " + items.size() + " entries" + allowed);
      return Optional.empty();
    }
    List<Placed<T>> values = new ArrayList<>();
    for (int i = 0; i < items.size(); i++) {
      Place place = Place.of(path + "[" + i + "]", items.get(i));
      String text = text(items.get(i));
      read(type.item(), items.get(i), place.key())
          .ifPresent(value -> values.add(new Placed<>(value, place, text)));
    }
    // A list with a bad entry still holds the others, so that these are checked as well.
    return Optional.of(values);
  }

  private <T> Optional<List<Placed<T>>> oneOrMore(OneOrMore<T> type, Node node, String path) {
    if (node instanceof SequenceNode) {
      return list(new ListOf<>(type.item(), 1, type.most()), node, path);
    }
    Place place = Place.of(path, node);
    return read(type.item(), node, path)
        .map(value -> List.of(new Placed<>(value, place, text(node))));
  }

  private <T> Optional<List<Named<T>>> map(MapOf<T> type, Node node, String path) {
    List<Named<T>> values = new ArrayList<>();
    Optional<Map<String, NodeTuple>> entries = entries(node, path);
    if (entries.isEmpty()) {
      return Optional.empty();
    }
    int size = entries.get().size();
    if (size < type.least() || size > type.most()) {
      String count = size == 0 ? "no " + type.what() : size + " entries";
      String allowed = "; allowed: " + type.least() + " to " + type.most();
      add(node, path, "there is " + count + " here" + allowed);
    }
    entries
        .get()
        .forEach((name, entry) -> {
          Place place = Place.of(path + "." + name, entry.getKeyNode());
          if (!type.names().matcher(name).matches()) {
            String complaint = "'" + name + "' is not a name for a " + type.what();
            findings.add(place, complaint + "; allowed: " + type.rule());
          }
          read(type.value(), entry.getValueNode(), place.key())
              .ifPresent(value -> values.add(new Named<>(name, value, place)));
        });
    return Optional.of(values);
  }

  private Optional<Values> group(Group type, Node node, String path) {
    return entries(node, path).map(entries -> group(type, entries, Place.of(path, node)));
  }

  private Values group(Group type, Map<String, NodeTuple> entries, Place here) {
    Map<String, Placed<?>> values = new HashMap<>();
    for (Key<?> key : type.keys()) {
      NodeTuple entry = entries.get(key.name());
      Optional<? extends Placed<?>> value =
          entry == null ? absent(key, here) : value(key, entry, here);
      value.ifPresent(placed -> values.put(key.name(), placed));
    }
    List<String> known = type.keys().stream().map(Key::name).toList();
    List<String> meant = new ArrayList<>();
    entries.forEach((name, entry) -> {
      if (!known.contains(name)) {
        unknown(here.below(name), name, entry, type);
        Nearest.of(name, known).ifPresent(meant::add);
      }
    });
    for (Key<?> key : type.keys()) {
      // A key that was mistyped is told as that only.
      if (key.required() && !entries.containsKey(key.name()) && !meant.contains(key.name())) {
        Place place = new Place(here.below(key.name()), here.line(), here.column());
        findings.add(place, "the key '" + key.name() + "' is missing; for example: " + sample(key));
      }
    }
    return new Values(values);
  }

  private <T> Optional<Placed<T>> value(Key<T> key, NodeTuple entry, Place group) {
    Node node = entry.getValueNode();
    Place place = Place.of(group.below(key.name()), node);
    return read(key.type(), node, place.key()).map(value -> new Placed<>(value, place, text(node)));
  }

  /// The default of a key that was not written; of a group, the defaults of its keys.
  private Optional<? extends Placed<?>> absent(Key<?> key, Place group) {
    Place place = new Place(group.below(key.name()), group.line(), group.column());
    if (key.type() instanceof Group inner) {
      return Optional.of(new Placed<>(group(inner, Map.of(), place), place, ""));
    }
    return standard(key).map(value -> new Placed<>(value, place, ""));
  }

  private static String sample(Key<?> key) {
    return key.example().isEmpty() ? key.name() + ": …" : key.name() + ": " + key.example();
  }

  /// A key's default, read as if the user had written it.
  static <T> Optional<T> standard(Key<T> key) {
    String yaml = key.standard();
    if (yaml == null) {
      return Optional.empty();
    }
    Findings none = new Findings();
    Environment empty = Environment.of(Map.of());
    Reader reader = new Reader(none, new Filling(empty, Path.of("")));
    Optional<T> value =
        YamlText.compose(yaml, none).flatMap(node -> reader.read(key.type(), node, key.name()));
    if (none.any() || value.isEmpty()) {
      throw new IllegalStateException("the default of '" + key.name() + "' is not valid: " + yaml);
    }
    return value;
  }

  private void unknown(String path, String name, NodeTuple entry, Group group) {
    // Perhaps a secret under a mistyped key.
    findings.hide(entry.getValueNode());
    List<String> known = group.keys().stream().map(Key::name).toList();
    String instead = group.gone().get(name);
    String complaint =
        "unknown key '"
            + name
            + "'"
            + (instead == null ? Nearest.hint(name, known) : ", which is no more: " + instead);
    findings.add(
        Place.of(path, entry.getKeyNode()), complaint + "; allowed: " + String.join(", ", known));
  }

  private Optional<Values> textOrGroup(TextOrGroup type, Node node, String path) {
    if (node instanceof ScalarNode) {
      Place place = Place.of(path, node);
      Key<?> key = type.key();
      return read(key.type(), node, path)
          .map(value -> new Values(Map.of(key.name(), new Placed<>(value, place, text(node)))));
    }
    return group(type.full(), node, path);
  }

  /// The entries of a mapping by name; none for a key with nothing behind it.
  private Optional<Map<String, NodeTuple>> entries(Node node, String path) {
    if (YamlText.isNull(node)) {
      return Optional.of(Map.of());
    }
    if (!(node instanceof MappingNode mapping)) {
      add(node, path, "keys are expected here, such as name: value" + instead(node));
      return Optional.empty();
    }
    Map<String, NodeTuple> entries = new LinkedHashMap<>();
    for (NodeTuple tuple : mapping.getValue()) {
      if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
        findings.hide(tuple.getValueNode());
        add(tuple.getKeyNode(), path, "a key must be plain text");
        continue;
      }
      String name = key.getValue();
      NodeTuple first = entries.putIfAbsent(name, tuple);
      if (first != null) {
        findings.hide(tuple.getValueNode());
        Place before = Place.of(path, first.getKeyNode());
        String where = Place.of(path, node).below(name);
        add(key, where, "the key '" + name + "' stands in line " + before.line() + " already");
      }
    }
    return Optional.of(entries);
  }

  private static String instead(Node node) {
    return switch (node.getNodeType()) {
      case SCALAR -> YamlText.isNull(node) ? ", not nothing" : ", not text";
      case SEQUENCE -> ", not a list";
      case MAPPING -> ", not keys";
      case ANCHOR -> "";
    };
  }

  private void add(Node node, String path, @Nullable String message) {
    findings.add(Place.of(path, node), String.valueOf(message));
  }
}
