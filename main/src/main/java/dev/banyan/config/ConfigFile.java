package dev.banyan.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import org.snakeyaml.engine.v2.nodes.Node;

/// A configuration file on disk.
///
/// Immutable; any thread may load it at any time. Nothing that a file holds makes [#load] throw:
/// what is wrong with it, or with reading it, is a [Problem].
public final class ConfigFile {
  private final Path path;
  private final Environment environment;

  /// @param path problems name it by its last part
  public ConfigFile(Path path, Environment environment) {
    this.path = path;
    this.environment = environment;
  }

  public Path path() {
    return path;
  }

  /// Reads the file as it is now, and the files that it takes values from.
  public ConfigResult load() {
    return load(content());
  }

  /// What the file held at one moment.
  sealed interface Content {
    /// Two are equal when they hold the same bytes.
    record Bytes(ByteBuffer bytes) implements Content {}

    record Unreadable(String why) implements Content {}
  }

  Content content() {
    try {
      if (Files.isDirectory(path)) {
        return new Content.Unreadable("this is a directory; allowed: a YAML file");
      }
      try (InputStream in = Files.newInputStream(path)) {
        return new Content.Bytes(ByteBuffer.wrap(in.readNBytes(YamlText.LONGEST + 1)));
      }
    } catch (IOException e) {
      return new Content.Unreadable("the file " + why(e));
    }
  }

  ConfigResult load(Content content) {
    return switch (content) {
      case Content.Bytes bytes -> parse(bytes.bytes());
      case Content.Unreadable unreadable -> unreadable(unreadable.why());
    };
  }

  private ConfigResult unreadable(String why) {
    Findings findings = new Findings();
    findings.add(Place.FILE, why);
    return new ConfigResult.Rejected(findings.problems(Source.of(name(), "")));
  }

  private ConfigResult parse(ByteBuffer content) {
    byte[] bytes = new byte[content.remaining()];
    content.duplicate().get(bytes);
    Findings findings = new Findings();
    String text = YamlText.decode(bytes, findings).orElse("");
    Optional<Values> values = findings.any() ? Optional.empty() : values(text, findings);
    values.ifPresent(file -> Checks.run(file, findings));
    if (values.isPresent() && !findings.any()) {
      NamedFiles.check(values.get(), folder(), findings);
    }
    if (values.isEmpty() || findings.any()) {
      return new ConfigResult.Rejected(findings.problems(Source.of(name(), text)));
    }
    return new ConfigResult.Loaded(
        Binding.bind(values.get(), folder()),
        Binding.expiries(values.get(), Source.of(name(), text)));
  }

  private Optional<Values> values(String text, Findings findings) {
    Filling filling = new Filling(environment, folder());
    Optional<Node> root = YamlText.compose(text, findings);
    return root.flatMap(node -> new Reader(findings, filling).read(Keys.FILE, node, ""));
  }

  /// Where relative files begin.
  private Path folder() {
    Path folder = path.toAbsolutePath().getParent();
    return folder == null ? path : folder;
  }

  private String name() {
    Path last = path.getFileName();
    return last == null ? path.toString() : last.toString();
  }

  /// Why a file could not be read, to follow its name.
  static String why(IOException e) {
    return switch (e) {
      case NoSuchFileException missing -> "does not exist";
      case AccessDeniedException denied -> "may not be read by this user";
      default -> "can not be read: " + e.getMessage();
    };
  }
}
