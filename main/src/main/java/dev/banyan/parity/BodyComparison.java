package dev.banyan.parity;

import dev.banyan.exchange.Difference.Kind;
import dev.banyan.exchange.Response;
import dev.banyan.migration.Severity;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Compares two bodies by what they are: first byte for byte, then without their compression, then
/// as JSON, as a form, part by part, as text or by digest.
///
/// A body that is not what its headers say (a broken compression, JSON that is none, a multipart
/// without an end) is a difference of its own, also where both sides are broken: only equal bytes
/// make a match then.
final class BodyComparison {

  /// Parts inside parts; what is nested deeper is compared by its bytes.
  private static final int NESTING = 4;

  private final ComparisonLimits limits;
  private final Differences differences;

  BodyComparison(ComparisonLimits limits, Differences differences) {
    this.limits = limits;
    this.differences = differences;
  }

  void compare(Response legacy, Response candidate) {
    if (ContentCoding.names(legacy).equals(ContentCoding.names(candidate))
        && legacy.body().sameBytes(candidate.body())) {
      return;
    }
    ContentCoding.Outcome left = ContentCoding.undo(legacy, limits.body());
    ContentCoding.Outcome right = ContentCoding.undo(candidate, limits.body());
    if (left instanceof ContentCoding.Outcome.Plain leftPlain
        && right instanceof ContentCoding.Outcome.Plain rightPlain) {
      compare(
          JsonPath.root(),
          new Content(leftPlain.body().toByteArray(), MediaType.of(legacy.headers())),
          new Content(rightPlain.body().toByteArray(), MediaType.of(candidate.headers())),
          0);
    } else if (left instanceof ContentCoding.Outcome.Broken
        || right instanceof ContentCoding.Outcome.Broken) {
      whole(JsonPath.root(), Kind.UNDECODABLE, coding(left), coding(right));
    } else if (isEmpty(right) && left instanceof ContentCoding.Outcome.TooLong) {
      whole(JsonPath.root(), Kind.MISSING, coding(left), null);
    } else if (isEmpty(left) && right instanceof ContentCoding.Outcome.TooLong) {
      whole(JsonPath.root(), Kind.EXTRA, null, coding(right));
    } else if (left instanceof ContentCoding.Outcome.TooLong
        || right instanceof ContentCoding.Outcome.TooLong) {
      differences.incomparable(Comparison.BODY_TOO_LONG);
    } else {
      differences.incomparable(Comparison.CODING_UNKNOWN);
    }
  }

  private static boolean isEmpty(ContentCoding.Outcome outcome) {
    return outcome instanceof ContentCoding.Outcome.Plain plain && plain.body().length() == 0;
  }

  private static String coding(ContentCoding.Outcome outcome) {
    return switch (outcome) {
      case ContentCoding.Outcome.Plain _ -> "content coding sound";
      case ContentCoding.Outcome.TooLong _ -> "content coding sound, too long";
      case ContentCoding.Outcome.Unknown _ -> "content coding unknown";
      case ContentCoding.Outcome.Broken broken -> "content coding broken: " + broken.why();
    };
  }

  /// Compares what is at one place: the whole body, or a part of it.
  ///
  /// @param nesting how many bodies it is part of
  void compare(JsonPath place, Content legacy, Content candidate, int nesting) {
    if (Arrays.equals(legacy.bytes(), candidate.bytes())) {
      return;
    }
    MediaType left = legacy.type();
    MediaType right = candidate.type();
    if (candidate.bytes().length == 0) {
      whole(place, Kind.MISSING, legacy.shown(), null);
    } else if (legacy.bytes().length == 0) {
      whole(place, Kind.EXTRA, null, candidate.shown());
    } else if (jsonOn(left, right) && jsonOn(right, left)) {
      json(place, legacy, candidate);
    } else if (left.isForm() && right.isForm()) {
      form(place, legacy, candidate);
    } else if (left.isMultipart() && right.isMultipart() && nesting < NESTING) {
      multipart(place, legacy, candidate, nesting);
    } else {
      textOrBinary(place, legacy, candidate, left.isProse() && right.isProse());
    }
  }

  /// JSON says so itself, or says nothing while the other side says JSON.
  private static boolean jsonOn(MediaType type, MediaType other) {
    return type.isJson() || (type.name().isEmpty() && other.isJson());
  }

  private void json(JsonPath place, Content legacy, Content candidate) {
    byte[] ours = legacy.utf8();
    byte[] theirs = candidate.utf8();
    JsonParser.Outcome left = JsonParser.parse(ours, limits.depth());
    JsonParser.Outcome right = JsonParser.parse(theirs, limits.depth());
    if (left instanceof JsonParser.Outcome.Parsed leftJson
        && right instanceof JsonParser.Outcome.Parsed rightJson) {
      new JsonComparison(leftJson.tape(), rightJson.tape(), differences).compare(place);
    } else if (left instanceof JsonParser.Outcome.NotJson
        || right instanceof JsonParser.Outcome.NotJson) {
      whole(place, Kind.UNDECODABLE, read(left, legacy), read(right, candidate));
    } else {
      textOrBinary(place, legacy, candidate, false);
    }
  }

  private static String read(JsonParser.Outcome outcome, Content content) {
    return switch (outcome) {
      case JsonParser.Outcome.NotJson broken -> broken(content, broken.at(), broken.why());
      case JsonParser.Outcome.Parsed _ -> content.shown();
      case JsonParser.Outcome.TooMuch much -> broken(content, much.at(), much.why());
    };
  }

  private static String broken(Content content, int at, String why) {
    String text = content.text();
    return "[byte " + at + "] " + why + ": " + (text == null ? "binary" : Content.cut(text));
  }

  private void form(JsonPath place, Content legacy, Content candidate) {
    String left = legacy.text();
    String right = candidate.text();
    if (left == null || right == null) {
      binary(place, legacy, candidate, Kind.UNDECODABLE);
    } else {
      new FormComparison(differences).compare(place, left, right);
    }
  }

  private void multipart(JsonPath place, Content legacy, Content candidate, int nesting) {
    Multipart.Outcome left = Multipart.parse(legacy);
    Multipart.Outcome right = Multipart.parse(candidate);
    if (left instanceof Multipart.Outcome.Parsed leftParts
        && right instanceof Multipart.Outcome.Parsed rightParts) {
      new MultipartComparison(this, differences)
          .compare(place, leftParts.parts(), rightParts.parts(), nesting + 1);
    } else {
      whole(place, Kind.UNDECODABLE, read(left, legacy), read(right, candidate));
    }
  }

  private static String read(Multipart.Outcome outcome, Content content) {
    return switch (outcome) {
      case Multipart.Outcome.Parsed _ -> content.shown();
      case Multipart.Outcome.Broken broken -> broken(content, broken.at(), broken.why());
    };
  }

  private void textOrBinary(JsonPath place, Content legacy, Content candidate, boolean prose) {
    String left = legacy.text();
    String right = candidate.text();
    if (left == null || right == null) {
      binary(place, legacy, candidate, left == null && right == null ? Kind.VALUE : Kind.TYPE);
      return;
    }
    if (Content.isMarked(left) != Content.isMarked(right)) {
      differences.add(
          place.where(), Kind.SPELLING, Severity.RISKY, legacy.shown(), candidate.shown());
    }
    // equal text in two charsets: the header tells of it
    new TextComparison(differences, place.where(), prose)
        .compare(Content.unmarked(left), Content.unmarked(right));
  }

  private void binary(JsonPath place, Content legacy, Content candidate, Kind kind) {
    int at = Arrays.mismatch(legacy.bytes(), candidate.bytes());
    whole(place, kind, legacy.shownFrom(at), candidate.shownFrom(at));
  }

  private void whole(
      JsonPath place, Kind kind, @Nullable String legacy, @Nullable String candidate) {
    differences.add(place.where(), kind, Severity.BREAKING, legacy, candidate);
  }
}
