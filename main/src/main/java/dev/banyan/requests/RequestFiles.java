package dev.banyan.requests;

import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// Reads files of requests: HAR 1.2, GoReplay, access logs, plain lists, OpenAPI documents.
public final class RequestFiles {
  private RequestFiles() {}

  /// Hands over every request of a file, in the file's order, and every entry that is none.
  ///
  /// Holds little of the file at a time, however long it is; only an OpenAPI document is held
  /// whole. The sink is called on the calling thread; what it throws is passed on. May be called
  /// again on the same file.
  ///
  /// @param format null to find out, from the first bytes and else from the name's ending
  /// @throws RequestFileException where the file can not be read, or not to its end, or holds
  ///   nothing that was to be read; what stood before the fault has been handed over
  public static void read(Path file, @Nullable Format format, RequestSink sink)
      throws RequestFileException {
    RequestFile source = new RequestFile(file);
    try {
      FirstBytes first = FirstBytes.of(source);
      first.checkReadable();
      Format known = format == null ? first.format() : format;
      if (known != Format.GOR) {
        first.checkText();
      }
      Counting counting = new Counting(sink);
      reader(source, known).read(counting);
      if (counting.entries == 0) {
        throw source.fault(
            "from its first line to its last",
            "nothing in it is a request, read as " + known.word() + "; check the file's format");
      }
    } catch (IOException e) {
      throw new RequestFileException(
          file + ": can not be read: " + e.getMessage() + "; check that it may be read", e);
    }
  }

  private static FormatReader reader(RequestFile file, Format format) {
    return switch (format) {
      case HAR -> new HarReader(file);
      case GOR -> new GorReader(file);
      case ACCESS_LOG -> new AccessLogReader(file);
      case LIST -> new ListReader(file);
      case OPENAPI -> new OpenApiReader(file);
    };
  }

  /// Knows whether a file held anything.
  private static final class Counting implements RequestSink {
    private final RequestSink to;
    private long entries;

    Counting(RequestSink to) {
      this.to = to;
    }

    @Override
    public void request(RecordedRequest request) {
      entries++;
      to.request(request);
    }

    @Override
    public void skipped(String place, String reason) {
      entries++;
      to.skipped(place, reason);
    }
  }
}
