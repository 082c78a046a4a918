package dev.banyan.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// Loads texts as the file `banyan.yaml` of a folder.
record Yaml(Path folder, Map<String, String> variables) {

  static Yaml in(Path folder) {
    return new Yaml(folder, Map.of());
  }

  ConfigResult load(byte[] content) {
    try {
      Path file = Files.write(folder.resolve("banyan.yaml"), content);
      return new ConfigFile(file, Environment.of(variables)).load();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  ConfigResult load(String content) {
    return load(content.getBytes(StandardCharsets.UTF_8));
  }

  BanyanConfig loaded(String content) {
    ConfigResult result = load(content);
    assertThat(result)
        .as(() -> result instanceof ConfigResult.Rejected rejected ? rejected.text() : "")
        .isInstanceOf(ConfigResult.Loaded.class);
    return ((ConfigResult.Loaded) result).config();
  }

  List<Problem> problems(String content) {
    ConfigResult result = load(content);
    assertThat(result).isInstanceOf(ConfigResult.Rejected.class);
    return ((ConfigResult.Rejected) result).problems();
  }

  List<String> headlines(String content) {
    return problems(content).stream().map(Problem::headline).toList();
  }
}
