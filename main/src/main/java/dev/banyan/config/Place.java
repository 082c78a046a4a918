package dev.banyan.config;

import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.nodes.Node;

/// A place in the file: the path of a key, and where it stands.
///
/// @param key such as `families.users.routes[2]`
/// @param line from 1, like `column`; 0 for the file as a whole
record Place(String key, int line, int column) {
  static final Place FILE = new Place("", 0, 0);

  static Place of(String key, Node node) {
    return node.getStartMark().map(mark -> of(key, mark)).orElse(new Place(key, 0, 0));
  }

  static Place of(String key, Mark mark) {
    return new Place(key, mark.getLine() + 1, mark.getColumn() + 1);
  }

  /// The path of a key inside this one.
  String below(String name) {
    return key.isEmpty() ? name : key + "." + name;
  }
}
