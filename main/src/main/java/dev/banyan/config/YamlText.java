package dev.banyan.config;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.ReaderException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.Tag;
import org.snakeyaml.engine.v2.schema.CoreSchema;

/// From bytes to YAML nodes with their places, within limits.
final class YamlText {
  /// The longest file that is read, in bytes.
  static final int LONGEST = 1 << 20;

  private static final int DEEPEST = 32;
  private static final int MOST_ALIASES = 50;
  private static final LoadSettings SETTINGS =
      LoadSettings.builder()
          .setSchema(new CoreSchema())
          .setAllowNonScalarKeys(true)
          .setCodePointLimit(LONGEST)
          .setMaxAliasesForCollections(MOST_ALIASES)
          .build();

  private YamlText() {}

  /// The file's text, or nothing and a finding.
  static Optional<String> decode(byte[] bytes, Findings findings) {
    if (bytes.length > LONGEST) {
      findings.add(Place.FILE, "the file has " + bytes.length + " bytes; allowed: up to 1 MiB");
      return Optional.empty();
    }
    CharsetDecoder utf8 =
        StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT);
    try {
      String text = utf8.decode(ByteBuffer.wrap(bytes)).toString();
      return Optional.of(text.startsWith("\uFEFF") ? text.substring(1) : text);
    } catch (CharacterCodingException e) {
      findings.add(badByte(bytes), "the file is not UTF-8 text; allowed: UTF-8");
      return Optional.empty();
    }
  }

  private static Place badByte(byte[] bytes) {
    ByteBuffer in = ByteBuffer.wrap(bytes);
    CharBuffer out = CharBuffer.allocate(bytes.length + 1);
    CoderResult result = StandardCharsets.UTF_8.newDecoder().decode(in, out, true);
    return result.isError() ? place(out.flip().toString()) : Place.FILE;
  }

  /// Where a text ends.
  private static Place place(String before) {
    int start = before.lastIndexOf('\n') + 1;
    int line = 1 + (int) before.chars().filter(c -> c == '\n').count();
    return new Place("", line, 1 + before.codePointCount(start, before.length()));
  }

  /// The one document of a file, or nothing and a finding.
  static Optional<Node> compose(String text, Findings findings) {
    try {
      return fits(text, findings) ? root(text, findings) : Optional.empty();
    } catch (MarkedYamlEngineException e) {
      Place place = e.getProblemMark().map(mark -> Place.of("", mark)).orElse(Place.FILE);
      findings.add(place, complaint(e, text));
    } catch (ReaderException e) {
      int end = Math.max(0, text.indexOf(e.getCodePoint()));
      findings.add(
          place(text.substring(0, end)),
          "the character \\u%04x is not allowed in YAML".formatted(e.getCodePoint()));
    } catch (YamlEngineException e) {
      findings.add(Place.FILE, "the YAML can not be read: " + e.getMessage());
    }
    return Optional.empty();
  }

  private static Optional<Node> root(String text, Findings findings) {
    Optional<Node> root = new Compose(SETTINGS).composeString(text);
    if (root.isEmpty() || root.get().getTag().equals(Tag.NULL)) {
      findings.add(
          Place.FILE,
          "the file is empty; it needs at least: services: { legacy: { url: http://127.0.0.1:3000 }"
              + " }");
      return Optional.empty();
    }
    return root;
  }

  /// Whether the depth, the number of documents and the aliases are within limits. Looks at events,
  /// which come one by one, because building nodes takes stack and heap by what the file asks for.
  private static boolean fits(String text, Findings findings) {
    int depth = 0;
    int documents = 0;
    int aliases = 0;
    for (Event event : new Parse(SETTINGS).parseString(text)) {
      switch (event.getEventId()) {
        case DocumentStart -> documents++;
        case MappingStart, SequenceStart -> depth++;
        case MappingEnd, SequenceEnd -> depth--;
        case Alias -> aliases++;
        default -> {}
      }
      String complaint =
          documents > 1
              ? "a second document begins here; allowed: one document in a file"
              : depth > DEEPEST
                  ? "this is nested too deeply; allowed: " + DEEPEST + " levels"
                  : aliases > MOST_ALIASES ? "too many aliases; allowed: " + MOST_ALIASES : "";
      if (!complaint.isEmpty()) {
        findings.add(event.getStartMark().map(m -> Place.of("", m)).orElse(Place.FILE), complaint);
        return false;
      }
    }
    return true;
  }

  /// What the parser says, without what could be a secret, and with a hint at the usual causes.
  private static String complaint(MarkedYamlEngineException e, String text) {
    String problem = String.valueOf(e.getProblem());
    if (problem.contains("(TAB)") || problem.contains("'\\t'")) {
      return "a tab stands where YAML allows only spaces";
    }
    if (problem.startsWith("found undefined alias")) {
      return "'*' begins the name of an anchor that does not exist; put quotes around a value that"
          + " begins with '*'";
    }
    if (problem.startsWith("found undefined tag handle")) {
      return "a tag ('!…') has no meaning here; put quotes around a value that begins so";
    }
    if (problem.startsWith("found duplicate anchor")) {
      return "an anchor of this name exists already";
    }
    String hint =
        e.getProblemMark().map(mark -> around(text, mark)).orElse("").contains("${")
            ? "; inside { } and [ ] a value with ${…} needs quotes"
            : "";
    String first = problem.lines().findFirst().orElse("");
    String context = e.getContext();
    return "this is not YAML: " + (context == null ? "" : context + ": ") + first + hint;
  }

  private static String around(String text, Mark mark) {
    return text.lines().skip(mark.getLine()).findFirst().orElse("");
  }

  /// Whether a scalar was written as nothing, `~` or `null`.
  static boolean isNull(Node node) {
    return node.getTag().equals(Tag.NULL)
        && node instanceof ScalarNode scalar
        && scalar.getScalarStyle() == ScalarStyle.PLAIN;
  }
}
