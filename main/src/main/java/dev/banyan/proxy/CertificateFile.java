package dev.banyan.proxy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;

/// Reads the file of PEM certificates that a service's `tls.ca` names.
public final class CertificateFile {
  private static final String BEGIN = "-----BEGIN CERTIFICATE-----";
  private static final String END = "-----END CERTIFICATE-----";

  private CertificateFile() {}

  /// The certificates in the file, at least one, in order. Text around them is left out. Blocks.
  ///
  /// @throws IOException with a message that names the file and says what is wrong with it
  public static List<X509Certificate> read(Path file) throws IOException {
    try {
      return parse(file, Files.readString(file, StandardCharsets.ISO_8859_1));
    } catch (NoSuchFileException e) {
      throw new IOException("there is no file " + file, e);
    } catch (AccessDeniedException e) {
      throw new IOException("the file " + file + " may not be read", e);
    }
  }

  private static List<X509Certificate> parse(Path file, String text) throws IOException {
    List<X509Certificate> found = new ArrayList<>();
    int from = text.indexOf(BEGIN);
    while (from >= 0) {
      int to = text.indexOf(END, from);
      if (to < 0) {
        throw new IOException("the file " + file + " ends within a certificate");
      }
      found.add(one(file, found.size() + 1, text.substring(from, to + END.length())));
      from = text.indexOf(BEGIN, to);
    }
    if (found.isEmpty()) {
      throw new IOException("the file " + file + " holds no PEM certificate");
    }
    return List.copyOf(found);
  }

  private static X509Certificate one(Path file, int number, String pem) throws IOException {
    try {
      Certificate read =
          CertificateFactory.getInstance("X.509")
              .generateCertificate(
                  new ByteArrayInputStream(pem.getBytes(StandardCharsets.ISO_8859_1)));
      return (X509Certificate) read;
    } catch (CertificateException e) {
      throw new IOException(
          "certificate " + number + " of the file " + file + " is broken: " + e.getMessage(), e);
    }
  }
}
