package dev.banyan.config;

import dev.banyan.config.Type.Group;
import dev.banyan.config.Type.Hidden;
import dev.banyan.config.Type.ListOf;
import dev.banyan.config.Type.MapOf;
import dev.banyan.config.Type.OneOrMore;
import dev.banyan.config.Type.Scalar;
import dev.banyan.config.Type.TextOrGroup;
import dev.banyan.proxy.Limit;
import dev.banyan.shadow.Drop;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The page of every bound of the program: what keys of the file set, in this class, and what is
/// fixed, from [FixedLimits].
final class LimitsPage {
  private static final String HEAD =
      """
      # Limits

      Every bound of the program: what it bounds, its default, and what happens at it. This page is
      written from the code. Those with a key are set in `banyan.yaml`, where
      [banyan-yaml.md](banyan-yaml.md) says more of each; the others are fixed.

      The last column says what counts it in the [metrics](metrics.md). `limit` is a label of
      `banyan_limits_total`, `shadow` is the `reason` of `banyan_shadow_dropped_total`. A sum that
      grows says that the bound is too low for the traffic, or that somebody tries it.
      """;

  /// Which drop of a sample each key of `shadow` leads to.
  private static final Map<String, Drop> DROPS =
      Map.of(
          "shadow.memory", Drop.MEMORY,
          "shadow.body", Drop.BODY_TOO_LONG,
          "shadow.concurrency", Drop.CONCURRENCY);

  private final StringBuilder page = new StringBuilder(HEAD);
  private final Map<String, Key<?>> keys = new LinkedHashMap<>();
  private final Map<String, Limit> named = new HashMap<>();

  private LimitsPage() {
    collect("", Keys.FILE);
    for (Limit limit : Limit.values()) {
      String key = limit.key();
      if (key != null) {
        named.put(key, limit);
      }
    }
  }

  static String text() throws ReflectiveOperationException {
    LimitsPage writer = new LimitsPage();
    FixedLimits fixed = new FixedLimits(writer);
    writer.keyed("What clients may ask", "limits.");
    fixed.clients();
    writer.keyed("Services", "services.");
    fixed.services();
    writer.keyed("Comparing", "shadow.");
    fixed.comparing();
    writer.keyed("Families", "families.");
    writer.keyed("The access log", "access_log.");
    writer.keyed("The ledger", "ledger.");
    writer.keyed("Moving rows", "transfers.");
    writer.keyed("Databases", "databases.");
    FixedDualLimits.on(writer);
    fixed.replicas();
    fixed.program();
    return writer.page.toString();
  }

  private void collect(String path, Group group) {
    for (Key<?> key : group.keys()) {
      String name = path.isEmpty() ? key.name() : path + "." + key.name();
      if (!key.atLimit().isEmpty()) {
        keys.put(name, key);
      }
      inside(name, key.type());
    }
  }

  private void inside(String path, Type<?> type) {
    switch (type) {
      case Group group -> collect(path, group);
      case MapOf<?> map -> inside(path + ".NAME", map.value());
      case ListOf<?> list -> inside(path + "[]", list.item());
      case OneOrMore<?> some -> inside(path + "[]", some.item());
      case TextOrGroup either -> collect(path, either.full());
      case Scalar<?> scalar -> {}
      case Hidden hidden -> {}
    }
  }

  private void keyed(String title, String prefix) {
    heading(title);
    keys.forEach((path, key) -> {
      if (path.startsWith(prefix)) {
        String standard = key.standard();
        row(
            firstSentence(key.meaning()) + "<br>`" + path + "`",
            standard == null ? "none" : standard,
            key.atLimit(),
            counter(path));
      }
    });
  }

  private String counter(String path) {
    Limit limit = named.get(path);
    Drop drop = DROPS.get(path);
    return limit != null ? counter(limit) : drop != null ? "shadow: `" + drop.word() + "`" : "";
  }

  static String counter(Limit limit) {
    return "limit: `" + limit.word() + "`";
  }

  private static String firstSentence(String meaning) {
    int end = meaning.indexOf(". ");
    String first = end < 0 ? meaning : meaning.substring(0, end);
    return first.endsWith(".") ? first.substring(0, first.length() - 1) : first;
  }

  void heading(String title) {
    page.append("\n## ").append(title).append("\n\n");
    page.append("| what | default | at the limit | counted as |\n|---|---|---|---|\n");
  }

  void row(String what, String standard, String effect, String counter) {
    page.append("| ").append(what).append(" | ").append(standard).append(" | ");
    page.append(effect).append(" | ").append(counter).append(" |\n");
  }

  /// Every key that the page has a row for, for the test that none is left out.
  static List<String> rows() {
    LimitsPage page = new LimitsPage();
    return Arrays.asList(page.keys.keySet().toArray(new String[0]));
  }
}
