package dev.banyan.demo.candidate;

import dev.banyan.demo.shop.Answer;
import dev.banyan.demo.shop.Call;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/// One operation of the schema: a method on a path template with at most one variable.
record Operation(String method, String template, Body work) {

  /// What the operation does.
  interface Body {
    Answer run(Operation operation, Call call, String variable)
        throws SQLException, ProblemException;
  }

  /// The variable's decoded value when this path is one of the template's, the empty text when the
  /// template has none.
  Optional<String> match(String path) {
    List<String> wanted = List.of(template.split("/", -1));
    List<String> given = List.of(path.split("/", -1));
    if (wanted.size() != given.size()) {
      return Optional.empty();
    }
    String variable = "";
    for (int i = 0; i < wanted.size(); i++) {
      if (wanted.get(i).startsWith("{") && !given.get(i).isEmpty()) {
        variable = decoded(given.get(i));
      } else if (!wanted.get(i).equals(given.get(i))) {
        return Optional.empty();
      }
    }
    return Optional.of(variable);
  }

  /// Percent signs resolved once; a text that is malformed stays as it is.
  static String decoded(String text) {
    try {
      return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException malformed) {
      return text;
    }
  }
}
