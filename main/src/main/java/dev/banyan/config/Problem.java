package dev.banyan.config;

import java.util.LinkedHashMap;
import java.util.Map;

/// One thing that is wrong in the configuration, at its place. Never holds a secret's value.
///
/// @param file the file's name, as the user gave it
/// @param line from 1; 0 where the file as a whole is meant
/// @param column from 1, counted in characters; 0 where the file as a whole is meant
/// @param key the path of the key, such as `families.users.sticky`; empty where no key is meant
/// @param message what is wrong, with the bad value and what is allowed
/// @param excerpt the line of the file with secrets masked, and a caret below the place; empty
///   where there is none
public record Problem(
    String file, int line, int column, String key, String message, String excerpt) {

  /// The problem in one line: `banyan.yaml:12:5: families.users.sticky: …`.
  public String headline() {
    String place = line == 0 ? file : file + ":" + line + ":" + column;
    return place + ": " + (key.isEmpty() ? "" : key + ": ") + message;
  }

  /// The problem for a terminal: the headline, and the excerpt where there is one.
  public String text() {
    return excerpt.isEmpty() ? headline() : headline() + "\n" + excerpt;
  }

  /// The problem as JSON fields, in order: `file`, `line`, `column`, `key`, `message`.
  public Map<String, Object> fields() {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("file", file);
    fields.put("line", line);
    fields.put("column", column);
    fields.put("key", key);
    fields.put("message", message);
    return fields;
  }
}
