package dev.banyan.control;

import dev.banyan.access.Role;
import dev.banyan.access.Tokens;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The routes of what concerns no single family: the line, deploys, tokens.
final class GovernRoutes {
  private static final String TOKENS = "/api/v1/tokens";
  private static final Set<String> REASONED = Set.of("reason", "actor");

  private final Operations operations;

  GovernRoutes(Operations operations) {
    this.operations = operations;
  }

  List<Route> routes() {
    return List.of(
        new Route("POST", "/api/v1/line/stop", Role.OPERATOR, this::stop),
        new Route("POST", "/api/v1/line/release", Role.APPROVER, this::release),
        new Route("POST", "/api/v1/services/{name}/deploy", Role.OPERATOR, this::deploy),
        new Route("GET", TOKENS, Role.ADMIN, this::tokens),
        new Route("POST", TOKENS, Role.ADMIN, this::create),
        new Route("POST", TOKENS + "/{name}/revoke", Role.ADMIN, this::revoke));
  }

  private void stop(ServerRequest request, ServerResponse response) {
    ChangeBody body = ChangeBody.read(request, REASONED);
    String reason = body.reason();
    line(response, operations.stopLine(body.actor(), reason), reason);
  }

  private void release(ServerRequest request, ServerResponse response) {
    ChangeBody body = ChangeBody.read(request, REASONED);
    line(response, operations.releaseLine(body.actor(), body.reason()), null);
  }

  private static void line(ServerResponse response, WideOutcome outcome, @Nullable String stopped) {
    switch (outcome) {
      case WideOutcome.Done done ->
          Replies.json(response, new GovernDocuments.Line(stopped, done.recorded()));
      case WideOutcome.Refused refused -> Replies.problem(response, refused.refusal());
    }
  }

  private void deploy(ServerRequest request, ServerResponse response) {
    ChangeBody body = ChangeBody.read(request, Set.of("version", "reason", "actor"));
    String service = request.path().pathParameters().get("name");
    String version = body.text("version").orElse(null);
    String reason = body.text("reason").orElse("deployed");
    switch (operations.deploy(service, version, body.actor(), reason)) {
      case WideOutcome.Done done ->
          Replies.json(
              response,
              new GovernDocuments.Deployed(service, version, done.families(), done.recorded()));
      case WideOutcome.Refused refused -> Replies.problem(response, refused.refusal());
    }
  }

  private void tokens(ServerRequest request, ServerResponse response) {
    Replies.json(response, GovernDocuments.TokenList.of(operations.tokens()));
  }

  private void create(ServerRequest request, ServerResponse response) {
    ChangeBody body = ChangeBody.read(request, Set.of("name", "role", "expires", "actor"));
    switch (operations.createToken(
        body.required("name"), body.role(), body.lasts(), body.actor())) {
      case Tokens.Created.Made made ->
          Replies.json(
              response,
              new GovernDocuments.Made(GovernDocuments.Listed.of(made.token()), made.secret()));
      case Tokens.Created.Refused refused -> refuse(response, refused.why());
    }
  }

  private void revoke(ServerRequest request, ServerResponse response) {
    ChangeBody body = ChangeBody.read(request, Set.of("actor"));
    String name = request.path().pathParameters().get("name");
    switch (operations.revokeToken(name, body.actor())) {
      case Tokens.Revoked.Done done ->
          Replies.json(response, GovernDocuments.Listed.of(done.token()));
      case Tokens.Revoked.Unknown() ->
          Replies.problem(
              response, Refusal.of(Refusal.Code.TOKEN_UNKNOWN, "there is no token '" + name + "'"));
      case Tokens.Revoked.Refused refused -> refuse(response, refused.why());
    }
  }

  private static void refuse(ServerResponse response, String why) {
    Replies.problem(response, Refusal.of(Refusal.Code.TOKEN_REFUSED, why));
  }
}
