package dev.banyan.proxy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The two files of PEM that a certificate and its key come from.
///
/// One thread at a time. What is wrong with a file is an [IOException], whose message names the
/// file, says what is wrong, and what to do.
public final class CertificateFiles {
  /// More than any chain has; a file that is longer is not read to its end.
  private static final int LONGEST = 1024 * 1024;

  private static final Pattern KEY =
      Pattern.compile("-----BEGIN ([A-Z ]*PRIVATE KEY)-----([^-]+)-----END \\1-----");

  private final FrontTls files;
  private String seen = "";

  public CertificateFiles(FrontTls files) {
    this.files = files;
  }

  /// Reads both, and requires that they belong together.
  public CertificatePair read() throws IOException {
    seen = fingerprint();
    List<X509Certificate> chain = chain(text(files.certificate()));
    PrivateKey key = key(text(files.key()), chain.getFirst());
    if (!belong(chain.getFirst(), key)) {
      throw new IOException(
          files.key()
              + " is not the key of the certificate in "
              + files.certificate()
              + "; give the two that were made together");
    }
    return new CertificatePair(chain, key);
  }

  /// Whether either file holds something else than when it was last read.
  public boolean haveChanged() {
    return !seen.equals(fingerprint());
  }

  /// What both hold, or why they can not be read.
  private String fingerprint() {
    try {
      return text(files.certificate()) + "\n" + text(files.key());
    } catch (IOException e) {
      return String.valueOf(e.getMessage());
    }
  }

  private static String text(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return new String(in.readNBytes(LONGEST), StandardCharsets.ISO_8859_1);
    } catch (NoSuchFileException e) {
      throw new IOException(file + " does not exist", e);
    } catch (AccessDeniedException e) {
      throw new IOException(file + " may not be read by this user", e);
    } catch (IOException e) {
      throw new IOException(file + " can not be read: " + e.getMessage(), e);
    }
  }

  private List<X509Certificate> chain(String pem) throws IOException {
    List<X509Certificate> chain;
    try {
      chain =
          CertificateFactory.getInstance("X.509")
              .generateCertificates(
                  new ByteArrayInputStream(pem.getBytes(StandardCharsets.ISO_8859_1)))
              .stream()
              .map(X509Certificate.class::cast)
              .toList();
    } catch (CertificateException e) {
      throw new IOException(
          files.certificate() + " holds no certificate in PEM: " + e.getMessage(), e);
    }
    if (chain.isEmpty()) {
      throw new IOException(
          files.certificate() + " holds no certificate; wanted: PEM, the server's own first");
    }
    return chain;
  }

  private PrivateKey key(String pem, X509Certificate own) throws IOException {
    Matcher found = KEY.matcher(pem);
    if (!found.find()) {
      throw new IOException(files.key() + " holds no private key in PEM");
    }
    if (!found.group(1).equals("PRIVATE KEY")) {
      throw new IOException(
          files.key()
              + " holds a key of the kind '"
              + found.group(1)
              + "'; make it PKCS #8 without a password: openssl pkcs8 -topk8 -nocrypt");
    }
    String algorithm = own.getPublicKey().getAlgorithm();
    try {
      byte[] der = Base64.getMimeDecoder().decode(found.group(2));
      return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(der));
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      throw new IOException(
          files.key()
              + " holds no key that could belong to the certificate in "
              + files.certificate()
              + ", which has one of "
              + algorithm,
          e);
    }
  }

  /// Signs something with the one and verifies it with the other.
  private static boolean belong(X509Certificate certificate, PrivateKey key) throws IOException {
    String algorithm =
        switch (key.getAlgorithm()) {
          case "EC" -> "SHA256withECDSA";
          case "RSA" -> "SHA256withRSA";
          default -> key.getAlgorithm();
        };
    try {
      byte[] text = "do these two belong together?".getBytes(StandardCharsets.US_ASCII);
      Signature signature = Signature.getInstance(algorithm);
      signature.initSign(key);
      signature.update(text);
      byte[] signed = signature.sign();
      signature.initVerify(certificate.getPublicKey());
      signature.update(text);
      return signature.verify(signed);
    } catch (GeneralSecurityException e) {
      throw new IOException("keys of the kind " + key.getAlgorithm() + " are not served", e);
    }
  }
}
