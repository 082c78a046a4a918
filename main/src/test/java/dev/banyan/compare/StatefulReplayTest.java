package dev.banyan.compare;

import static dev.banyan.compare.Recording.differences;
import static dev.banyan.compare.Recording.field;
import static org.assertj.core.api.Assertions.assertThat;

import dev.banyan.compare.NotesService.Fault;
import dev.banyan.exchange.Response;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class StatefulReplayTest {

  /// Two users sign up, log in, write, read, change and delete.
  private static Recording session(boolean answers) throws Exception {
    try (NotesService recorded = new NotesService(40)) {
      Recording recording = new Recording(recorded.base());
      Response ann = recording.add("POST", "/users", "", "{\"name\":\"Ann\"}");
      Response bob = recording.add("POST", "/users", "", "{\"name\":\"Bob\"}");
      String annId = field(ann, "$.id");
      String bobId = field(bob, "$.id");
      String annToken =
          field(recording.add("POST", "/login", "", "{\"userId\":" + annId + "}"), "$.token");
      String bobToken =
          field(recording.add("POST", "/login", "", "{\"userId\":" + bobId + "}"), "$.token");
      String first = note(recording, annToken, "one", "red");
      String second = note(recording, annToken, "two", "blue");
      String third = note(recording, bobToken, "three", "red");
      recording.add("GET", "/notes", annToken, "");
      recording.add("GET", "/notes?tag=red", annToken, "");
      recording.add("GET", "/notes/" + first, annToken, "");
      recording.add("GET", "/notes/" + third, bobToken, "");
      recording.add("PATCH", "/notes/" + first, annToken, "{\"title\":\"uno\"}");
      String follows = "{\"follower\":" + annId + ",\"followee\":" + bobId + "}";
      Response follow = recording.add("POST", "/follows", "", follows);
      recording.add("GET", "/follows/" + field(follow, "$.id"), "", "");
      recording.add("DELETE", "/notes/" + second, annToken, "");
      recording.add("DELETE", "/notes/" + first, bobToken, "");
      recording.add("GET", "/users/" + bobId, "", "");
      if (!answers) {
        recording.requests.replaceAll(
            each -> new dev.banyan.requests.RecordedRequest(each.place(), each.request(), null));
      }
      return recording;
    }
  }

  private static String note(Recording recording, String token, String title, String tag) {
    String body = "{\"title\":\"" + title + "\",\"tag\":\"" + tag + "\"}";
    return field(recording.add("POST", "/notes", token, body), "$.id");
  }

  @Test
  void disjointIdsAndTokensAreNoDifference() throws Exception {
    Recording recording = session(true);
    try (NotesService legacy = new NotesService(1_000);
        NotesService candidate = new NotesService(77_000)) {
      ComparisonReport report = recording.replay(legacy.base(), candidate.base());
      assertThat(differences(report)).isEmpty();
      assertThat(report.matched()).isEqualTo(recording.requests.size());
      assertThat(report.compared()).isEqualTo(recording.requests.size());
      assertThat(report.skipped()).isEmpty();
      assertThat(report.endpoints())
          .extracting(ComparisonReport.Compared::status)
          .as("the session went through, and was not refused alike")
          .doesNotContain(401, 403, 404);
      assertThat(report.parity().coverage()).isEqualTo(1);
      assertThat(report.parity().lowerBound()).isBetween(0.5, 1.0);
    }
  }

  @Test
  void theLegacysAnswersPlayTheRecordingWhereThereIsNone() throws Exception {
    Recording recording = session(false);
    // the file was written for a system whose ids begin at 40, tokens and all
    try (NotesService legacy = new NotesService(40);
        NotesService candidate = new NotesService(77_000)) {
      ComparisonReport report = recording.replay(legacy.base(), candidate.base());
      assertThat(differences(report)).isEmpty();
      assertThat(report.matched()).isEqualTo(recording.requests.size());
      assertThat(report.endpoints())
          .extracting(ComparisonReport.Compared::status)
          .doesNotContain(401, 403, 404);
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Fault.class,
      names = {
        "SWAPS_OWNER",
        "SWAPS_OWNER_IN_LIST",
        "SWAPS_FOLLOWEE",
        "NOTE_OF_ANOTHER",
        "REUSES_ID"
      })
  void everySwappedReferenceIsCaught(Fault fault) throws Exception {
    Recording recording = session(true);
    try (NotesService legacy = new NotesService(1_000);
        NotesService candidate = new NotesService(77_000, fault)) {
      ComparisonReport report = recording.replay(legacy.base(), candidate.base());
      assertThat(report.mismatched()).as(fault + " " + differences(report)).isPositive();
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Fault.class,
      names = {
        "KEEPS_DELETED",
        "PATCH_WIPES",
        "FOLLOWS_BACKWARDS",
        "ANYBODY_DELETES",
        "NEWEST_FIRST",
        "COUNTS_ALL"
      })
  void everyEffectIsFoundThatAnswersHide(Fault fault) throws Exception {
    Recording recording = session(true);
    try (NotesService legacy = new NotesService(1_000);
        NotesService candidate = new NotesService(77_000, fault)) {
      ComparisonReport report = recording.replay(legacy.base(), candidate.base());
      String write =
          switch (fault) {
            case KEEPS_DELETED, ANYBODY_DELETES -> "DELETE /notes/{id} effect";
            case PATCH_WIPES -> "PATCH /notes/{id} effect";
            case FOLLOWS_BACKWARDS -> "POST /follows effect";
            case NEWEST_FIRST -> "ORDER";
            default -> "GET /notes body:$.total";
          };
      assertThat(differences(report)).as(fault.toString()).anyMatch(each -> each.contains(write));
    }
  }
}
