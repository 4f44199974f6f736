import CoRNNReport
import Foundation
import Testing

@Suite struct JSONTextTests {
  struct Inner: Encodable {
    let z: Double
    let list: [Double]
    let missing: Int?
  }

  struct Record: Encodable {
    let zebra: String
    let apple: Int
    let inner: Inner
    let many: [Inner]
    let flag: Bool
    let nothing: [Int]
  }

  static let record = Record(
    zebra: "a \"quoted\" \\ line\nwith \u{1} γ", apple: 7, inner: Inner(z: 0.1, list: [1, 2.385], missing: nil),
    many: [Inner(z: .infinity, list: [], missing: 3), Inner(z: -1e-300, list: [.nan], missing: nil)], flag: true,
    nothing: [])

  @Test func keysKeepTheirOrderAndSchemaComesFirst() {
    let text = jsonText(schema: "test/1", Self.record)
    let keys = [
      "\"schema\"", "\"zebra\"", "\"apple\"", "\"inner\"", "\"many\"", "\"flag\"", "\"nothing\"", "\"nulls\"",
    ]
    let places = keys.map { text.range(of: $0)?.lowerBound }
    #expect(places.allSatisfy { $0 != nil })
    #expect(places.compactMap { $0 } == places.compactMap { $0 }.sorted())
    #expect(text.hasPrefix("{\n  \"schema\": \"test/1\""))
  }

  @Test func isJSONThatReadsBack() throws {
    let object = try #require(
      JSONSerialization.jsonObject(with: Data(jsonText(schema: "test/1", Self.record).utf8)) as? [String: Any])
    #expect(object["zebra"] as? String == Self.record.zebra)
    let inner = try #require(object["inner"] as? [String: Any])
    #expect(inner["z"] as? Double == 0.1 && inner["list"] as? [Double] == [1, 2.385])
    #expect(inner["missing"] is NSNull)
    let many = try #require(object["many"] as? [[String: Any]])
    #expect(many[0]["z"] is NSNull && many[1]["z"] as? Double == -1e-300)
    let nulls = try #require(object["nulls"] as? [String: String])
    #expect(nulls["many[0].z"] == "not a finite number: inf")
    #expect(nulls["many[1].list[0]"] == "not a finite number: nan")
    #expect(object["nothing"] as? [Int] == [])
  }

  @Test func longListsTakeLinearTime() {
    struct Long: Encodable { let values: [Double] }
    let text = jsonText(schema: "test/1", Long(values: (0..<200_000).map { Double($0) / 7 }))
    #expect(text.utf8.count > 1_000_000)
  }
}
