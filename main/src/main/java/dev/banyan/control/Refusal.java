package dev.banyan.control;

import dev.banyan.migration.GateReading;
import java.util.List;

/// Why a request is not granted, for programs (`code`) and for people (`detail`).
///
/// @param detail what was refused, which one, and what to do about it
/// @param gates what the gates said, when they are the reason
public record Refusal(Code code, String detail, List<GateReading> gates) {

  public Refusal {
    gates = List.copyOf(gates);
  }

  public static Refusal of(Code code, String detail) {
    return new Refusal(code, detail, List.of());
  }

  /// The stable codes of the API, each with its HTTP status.
  public enum Code {
    FAMILY_UNKNOWN(404, "family-unknown", "No such family"),
    RULING_UNKNOWN(404, "ruling-unknown", "No such ruling"),
    GATE_REFUSED(409, "gate-refused", "A gate holds this step"),
    HANDOVER_FAILED(409, "handover-failed", "The writes stay where they were"),
    SERVICE_UNKNOWN(404, "service-unknown", "No such service"),
    TOKEN_UNKNOWN(404, "token-unknown", "No such token"),
    TRANSFER_UNKNOWN(404, "transfer-unknown", "No such transfer"),
    TRANSFER_REFUSED(409, "transfer-refused", "Not as the transfer stands"),
    TRANSFER_BUSY(409, "transfer-busy", "Another process works on the transfer"),
    TRANSFER_STOPPED(409, "transfer-stopped", "The transfer does not go on"),
    TRANSFER_UNFENCED(409, "transfer-unfenced", "The old owner can not be fenced"),
    DATABASE_UNREACHABLE(503, "database-unreachable", "A database can not be reached"),
    ENTRY_UNKNOWN(404, "entry-unknown", "No such entry in the outbox"),
    ENTRY_REFUSED(409, "entry-refused", "Not with this entry"),
    TOKEN_REFUSED(409, "token-refused", "Not with these tokens"),
    APPROVAL_REQUIRED(409, "approval-required", "An approver must agree first"),
    LINE_STOPPED(409, "line-stopped", "All promotion is stopped"),
    FROZEN(409, "frozen", "Nothing is promoted at this time"),
    TRANSITION_ILLEGAL(409, "transition-illegal", "Not a step from here"),
    FAMILY_HELD(409, "family-held", "The family is held"),
    STATE_CHANGED(412, "state-changed", "The family has changed meanwhile"),
    REASON_MISSING(400, "reason-missing", "A reason is needed"),
    REQUEST_INVALID(400, "request-invalid", "The request is not understood"),
    UNAUTHORIZED(401, "unauthorized", "A token is needed"),
    FORBIDDEN(403, "forbidden", "Another role is needed"),
    ORIGIN_REFUSED(403, "origin-refused", "Asked from elsewhere"),
    NOT_FOUND(404, "not-found", "Nothing is here"),
    METHOD_NOT_ALLOWED(405, "method-not-allowed", "Not with this method"),
    BODY_TOO_LARGE(413, "body-too-large", "The body is too large"),
    CONFIG_REFUSED(422, "config-refused", "The configuration has problems"),
    TOO_MANY_FOLLOWERS(503, "too-many-followers", "The event stream is full"),
    STORE_UNAVAILABLE(503, "store-unavailable", "The store can not be written"),
    FAULT(500, "fault", "Banyan failed");

    private final int status;
    private final String word;
    private final String title;

    Code(int status, String word, String title) {
      this.status = status;
      this.word = word;
      this.title = title;
    }

    public int status() {
      return status;
    }

    /// The code as JSON has it.
    public String word() {
      return word;
    }

    public String title() {
      return title;
    }
  }
}
