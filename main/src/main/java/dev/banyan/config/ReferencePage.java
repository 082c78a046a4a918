package dev.banyan.config;

import dev.banyan.config.Type.Group;
import dev.banyan.config.Type.Hidden;
import dev.banyan.config.Type.ListOf;
import dev.banyan.config.Type.MapOf;
import dev.banyan.config.Type.OneOrMore;
import dev.banyan.config.Type.Scalar;
import dev.banyan.config.Type.TextOrGroup;

/// The reference page of `banyan.yaml` as Markdown, written from [Keys].
final class ReferencePage {
  private static final String HEAD =
      """
      # banyan.yaml

      Every key, with its type, its default and what it means. This page is written by the program
      from the list that it reads the file by; [banyan.schema.json](banyan.schema.json) is the same
      for editors, and [examples/banyan.yaml](../../examples/banyan.yaml) a file to start from.

      `banyan check FILE` reads a file and reports every problem in it, with line and column. A
      running gateway reads the file again when it changes; a file with a problem is refused, and
      the old one stays in force.

      ## Rules for the whole file

      - YAML 1.2, UTF-8, one document, up to 1 MiB, 32 levels deep, up to 50 aliases; spaces, not
        tabs. Unknown keys, repeated keys and tags are problems.
      - In a value, `${NAME}` is filled in from the environment, `${NAME:default}` too but with a
        default for a variable that is not set, `${file:/path}` from a file of up to 64 KiB without
        the newline at its end (a relative path begins at the folder of the configuration). `$${`
        stands for `${` itself. What is filled in is always text within that one value. Inside
        `{ }` and `[ ]` such a value needs quotes.
      - A duration is a whole number with `ms`, `s`, `m` or `h`. A size is a whole number with `B`,
        `KiB`, `MiB`, `GiB` (of 1024) or `KB`, `MB`, `GB` (of 1000). A share is a number with `%`, in
        steps of 0.001%.
      """;

  private final StringBuilder page = new StringBuilder(HEAD);

  private ReferencePage() {}

  /// The page as text, the same for the same keys.
  static String text() {
    ReferencePage writer = new ReferencePage();
    writer.group("", Keys.FILE);
    return writer.page.toString();
  }

  private void group(String path, Group group) {
    for (Key<?> key : group.keys()) {
      String name = path.isEmpty() ? key.name() : path + "." + key.name();
      String level = path.isEmpty() ? "##" : "###";
      page.append('\n').append(level).append(" `").append(name).append("`\n\n");
      page.append(key.meaning()).append("\n\n");
      line("Type", type(key.type()));
      line("Default", standard(key));
      line("At the limit", key.atLimit());
      line("Example", key.example().isEmpty() ? "" : code(key.name() + ": " + key.example()));
      inside(name, key.type());
    }
  }

  private void inside(String path, Type<?> type) {
    switch (type) {
      case Group group -> group(path, group);
      case MapOf<?> map -> inside(path + ".NAME", map.value());
      case ListOf<?> list -> inside(path + "[]", list.item());
      case OneOrMore<?> some -> inside(path + "[]", some.item());
      case TextOrGroup either -> group(path, either.full());
      case Scalar<?> scalar -> {}
      case Hidden hidden -> {}
    }
  }

  private void line(String what, String text) {
    if (!text.isEmpty()) {
      page.append("- ").append(what).append(": ").append(text).append('\n');
    }
  }

  private static String standard(Key<?> key) {
    String standard = key.standard();
    if (key.required()) {
      return "none, the key is required";
    }
    if (standard == null) {
      return key.type() instanceof Group ? "" : "none";
    }
    return standard.equals("{}") ? "" : code(standard);
  }

  private static String type(Type<?> type) {
    return switch (type) {
      case Scalar<?> scalar -> scalar.name() + " (" + scalar.allowed() + ")";
      case Hidden hidden -> "secret, never shown (" + hidden.allowed() + ")";
      case ListOf<?> list ->
          "list of " + list.least() + " to " + list.most() + ", each: " + type(list.item());
      case MapOf<?> map ->
          "keys by name, "
              + map.least()
              + " to "
              + map.most()
              + "; the name of a "
              + map.what()
              + ": "
              + map.rule();
      case Group group -> "keys, see below";
      case OneOrMore<?> some -> type(some.item()) + "; or a list of up to " + some.most();
      case TextOrGroup either -> type(either.key().type()) + "; or keys, see below";
    };
  }

  private static String code(String text) {
    return "`" + text + "`";
  }
}
