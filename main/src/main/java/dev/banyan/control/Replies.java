package dev.banyan.control;

import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerResponse;

/// Writes answers: JSON documents, and refusals as problem details (RFC 9457).
final class Replies {
  private Replies() {}

  static void json(ServerResponse response, Object document) {
    response.header(HeaderNames.CONTENT_TYPE, "application/json");
    response.send(Json.bytes(document));
  }

  static void family(ServerResponse response, FamilyView family) {
    response.header(HeaderNames.ETAG, StateTag.of(family.state()));
    json(response, Documents.Family.of(family));
  }

  static void problem(ServerResponse response, Refusal refusal) {
    response.status(refusal.code().status());
    response.header(HeaderNames.CONTENT_TYPE, "application/problem+json");
    if (refusal.code() == Refusal.Code.UNAUTHORIZED) {
      response.header(HeaderNames.WWW_AUTHENTICATE, "Bearer realm=\"banyan\"");
    }
    if (refusal.code() == Refusal.Code.BODY_TOO_LARGE) {
      // The rest of the body is not read, so the connection can not carry another request.
      response.header(HeaderNames.CONNECTION, "close");
    }
    response.send(Json.bytes(Documents.Problem.of(refusal)));
  }
}
