package dev.banyan.requests;

import java.io.IOException;
import java.io.InputStream;
import java.util.BitSet;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.exc.JacksonIOException;

/// Reads HTTP Archives, version 1.2, in two passes.
///
/// A browser's archive holds what a page asked of everybody: fonts, trackers, the service itself.
/// The first pass counts the origins, and measures the bodies without holding them; the second one
/// hands over the entries of the most frequent origin, each read piece by piece. Source:
/// http://www.softwareishard.com/blog/har-12-spec/
final class HarReader implements FormatReader {
  private final RequestFile file;

  /// The entry that is being read, from 1.
  private int entry;

  private boolean entriesSeen;

  HarReader(RequestFile file) {
    this.file = file;
  }

  @Override
  public void read(RequestSink sink) throws IOException, RequestFileException {
    Survey survey = new Survey();
    try {
      walk(survey::entry);
    } catch (JacksonException e) {
      // The second pass meets the same fault, after what stands before it, and tells of it.
      survey.broken = true;
    }
    String origin = survey.mostFrequent();
    try {
      walk(json -> hand(json, origin, survey, sink));
    } catch (JacksonIOException e) {
      throw e.getCause();
    } catch (JacksonException e) {
      throw file.fault(
          entry == 0 ? "before the first entry" : "entry " + entry,
          Json.complaint(e)
              + (survey.broken ? "; the file is cut off or damaged: export it again" : ""),
          e);
    }
    if (!entriesSeen) {
      throw file.fault("log", "there is no array 'entries'; this is no HTTP Archive: export again");
    }
  }

  private void walk(Consumer<JsonParser> each) throws IOException, RequestFileException {
    entry = 0;
    try (InputStream in = file.open();
        JsonParser json = Json.parser(in)) {
      json.nextToken();
      members(
          json,
          name -> {
            if (name.equals("log")) {
              members(json, inner -> entries(json, inner, each));
            } else {
              json.skipChildren();
            }
          });
    }
  }

  private void entries(JsonParser json, String name, Consumer<JsonParser> each) {
    if (name.equals("entries") && json.currentToken() == JsonToken.START_ARRAY) {
      entriesSeen = true;
      elements(
          json,
          () -> {
            entry++;
            each.accept(json);
          });
    } else {
      json.skipChildren();
    }
  }

  /// Calls back at the value of each member; the callee leaves the parser at that value's end.
  static void members(JsonParser json, Consumer<String> each) {
    if (json.currentToken() != JsonToken.START_OBJECT) {
      json.skipChildren();
      return;
    }
    while (json.nextToken() == JsonToken.PROPERTY_NAME) {
      String name = json.currentName();
      json.nextToken();
      each.accept(name);
    }
  }

  /// Calls back at each element; the callee leaves the parser at that value's end.
  static void elements(JsonParser json, Runnable each) {
    if (json.currentToken() != JsonToken.START_ARRAY) {
      json.skipChildren();
      return;
    }
    while (json.nextToken() != JsonToken.END_ARRAY) {
      each.run();
    }
  }

  private void hand(JsonParser json, @Nullable String origin, Survey survey, RequestSink sink) {
    int number = entry;
    HarEntry found =
        HarEntry.read(json, !survey.longRequests.get(number), !survey.longAnswers.get(number));
    found.hand(file.place("entry " + number), origin, sink);
  }

  /// What the first pass learns.
  private final class Survey {
    private final Map<String, Integer> origins = new LinkedHashMap<>();
    private final BitSet longRequests = new BitSet();
    private final BitSet longAnswers = new BitSet();
    private boolean broken;

    /// The first of those that occur most, null where none is of HTTP.
    @Nullable String mostFrequent() {
      return origins.entrySet().stream()
          .max(Comparator.comparingInt((Map.Entry<String, Integer> counted) -> counted.getValue()))
          .map(Map.Entry::getKey)
          .orElse(null);
    }

    void entry(JsonParser json) {
      members(
          json,
          name -> {
            switch (name) {
              case "request" -> members(json, inner -> request(json, inner));
              case "response" -> members(json, inner -> text(json, inner, "content", longAnswers));
              default -> json.skipChildren();
            }
          });
    }

    private void request(JsonParser json, String name) {
      if (name.equals("url") && json.currentToken() == JsonToken.VALUE_STRING) {
        String origin = Syntax.origin(json.getString());
        if (origin != null && (origins.size() < Limits.ORIGINS || origins.containsKey(origin))) {
          origins.merge(origin, 1, Integer::sum);
        }
      } else {
        text(json, name, "postData", longRequests);
      }
    }

    /// Notes where a body's text is longer than the limit. A string that nobody asks for is passed
    /// over by the parser without being held, and the next token tells where it ended.
    private void text(JsonParser json, String name, String holder, BitSet tooLong) {
      if (!name.equals(holder) || json.currentToken() != JsonToken.START_OBJECT) {
        json.skipChildren();
        return;
      }
      JsonToken token = json.nextToken();
      while (token == JsonToken.PROPERTY_NAME) {
        boolean isText = json.currentName().equals("text");
        json.nextToken();
        long from = json.currentTokenLocation().getByteOffset();
        json.skipChildren();
        token = json.nextToken();
        if (isText && json.currentTokenLocation().getByteOffset() - from > Limits.BODY_TEXT) {
          tooLong.set(entry);
        }
      }
    }
  }
}
