/// What this is, in answers and `--version`.
public enum Product {
  public static let name = "Sedai"
  public static let version = "0.1.0"
}
