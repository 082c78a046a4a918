package dev.banyan.requests;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/// The file that is being read, and how faults in it are told.
record RequestFile(Path path) {

  String name() {
    Path last = path.getFileName();
    return last == null ? path.toString() : last.toString();
  }

  /// For people: `shop.har: entry 12`.
  String place(String where) {
    return name() + ": " + where;
  }

  /// @param what is wrong there, and what to do
  RequestFileException fault(String where, String what) {
    return new RequestFileException(path + ": " + where + ": " + what);
  }

  RequestFileException fault(String where, String what, Throwable cause) {
    return new RequestFileException(path + ": " + where + ": " + what, cause);
  }

  InputStream open() throws IOException, RequestFileException {
    if (Files.isDirectory(path)) {
      throw new RequestFileException(path + ": is a directory; name a file of requests");
    }
    try {
      return Files.newInputStream(path);
    } catch (NoSuchFileException e) {
      throw new RequestFileException(path + ": there is no such file; check the path", e);
    }
  }
}
