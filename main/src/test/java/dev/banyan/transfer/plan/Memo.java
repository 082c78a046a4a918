package dev.banyan.transfer.plan;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// What was remembered, read once: the same few texts come up in a million states.
record Memo(Mark mark, Texts.Head head, long hash) {
  private static final Map<String, Memo> READ = new ConcurrentHashMap<>();

  static Memo of(String text) {
    return READ.computeIfAbsent(text, Memo::read);
  }

  private static Memo read(String text) {
    boolean head = text.startsWith("at ");
    return new Memo(
        Texts.mark(head ? "" : text), Texts.head(head ? text : ""), new Digest().add(text).value());
  }
}
