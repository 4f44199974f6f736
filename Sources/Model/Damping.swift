/// How a step takes its damping term: at the new velocity or at the old one.
///
/// The theorems of arXiv 2010.00951 (3.1–3.3) are about implicit damping; the code its authors published runs
/// explicit damping. Nothing in a set of weights tells the two apart.
public enum Damping: String, CaseIterable, Codable, Sendable {
  /// `z_n = (z_{n−1} + dt·(sigma(A_{n−1}) − gamma·y_{n−1})) / (1 + epsilon·dt)`.
  case implicit
  /// `z_n = z_{n−1} + dt·(sigma(A_{n−1}) − gamma·y_{n−1} − epsilon·z_{n−1})`.
  case explicit
}
