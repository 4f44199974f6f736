extension JSONTree {
  /// Encodes values into a tree, keeping the order in which keys come.
  struct Encoder: Swift.Encoder {
    let tree: JSONTree
    let node: Node
    let codingPath: [any CodingKey]
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
      if case .object = node.content {} else { node.content = .object([]) }
      return KeyedEncodingContainer(Members<Key>(encoder: self))
    }

    func unkeyedContainer() -> any UnkeyedEncodingContainer {
      node.content = .array([])
      return Elements(encoder: self)
    }

    func singleValueContainer() -> any SingleValueEncodingContainer { Single(encoder: self) }

    func encode(_ value: some Encodable) throws {
      switch value {
      case let number as Double: tree.set(node, number, path: codingPath)
      case let number as Float: tree.set(node, Double(number), path: codingPath)
      case let text as String: node.content = .literal(jsonQuoted(text))
      case let flag as Bool: node.content = .literal(flag ? "true" : "false")
      case let integer as any FixedWidthInteger: node.content = .literal("\(integer)")
      default: try value.encode(to: self)
      }
    }

    func child(_ node: Node, _ key: any CodingKey) -> Encoder {
      Encoder(tree: tree, node: node, codingPath: codingPath + [key])
    }
  }

  private struct Place: CodingKey {
    let index: Int
    var intValue: Int? { index }
    var stringValue: String { "\(index)" }
    init(_ index: Int) { self.index = index }
    init?(intValue: Int) { index = intValue }
    init?(stringValue: String) { nil }
  }

  private struct Members<Key: CodingKey>: KeyedEncodingContainerProtocol {
    let encoder: Encoder
    var codingPath: [any CodingKey] { encoder.codingPath }

    private func child(_ key: any CodingKey) -> Encoder {
      encoder.child(encoder.node.member(key.stringValue), key)
    }

    func encodeNil(forKey key: Key) { _ = child(key) }
    func encode(_ value: some Encodable, forKey key: Key) throws { try child(key).encode(value) }
    func encodeIfPresent(_ value: (some Encodable)?, forKey key: Key) throws { try orNull(value, key) }
    func encodeIfPresent(_ value: Bool?, forKey key: Key) throws { try orNull(value, key) }
    func encodeIfPresent(_ value: String?, forKey key: Key) throws { try orNull(value, key) }
    func encodeIfPresent(_ value: Double?, forKey key: Key) throws { try orNull(value, key) }
    func encodeIfPresent(_ value: Int?, forKey key: Key) throws { try orNull(value, key) }

    private func orNull(_ value: (some Encodable)?, _ key: Key) throws {
      let child = child(key)
      if let value { try child.encode(value) }
    }

    func nestedContainer<Nested: CodingKey>(
      keyedBy type: Nested.Type, forKey key: Key
    ) -> KeyedEncodingContainer<Nested> { child(key).container(keyedBy: type) }
    func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer { child(key).unkeyedContainer() }
    func superEncoder() -> any Swift.Encoder { encoder }
    func superEncoder(forKey key: Key) -> any Swift.Encoder { child(key) }
  }

  private struct Elements: UnkeyedEncodingContainer {
    let encoder: Encoder
    var count = 0
    var codingPath: [any CodingKey] { encoder.codingPath }

    init(encoder: Encoder) { self.encoder = encoder }

    private mutating func child() -> Encoder {
      defer { count += 1 }
      return encoder.child(encoder.node.element(), Place(count))
    }

    mutating func encodeNil() { _ = child() }
    mutating func encode(_ value: some Encodable) throws { try child().encode(value) }
    mutating func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type) -> KeyedEncodingContainer<Nested> {
      child().container(keyedBy: type)
    }
    mutating func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer { child().unkeyedContainer() }
    mutating func superEncoder() -> any Swift.Encoder { child() }
  }

  private struct Single: SingleValueEncodingContainer {
    let encoder: Encoder
    var codingPath: [any CodingKey] { encoder.codingPath }

    func encodeNil() { encoder.node.content = .null }
    func encode(_ value: some Encodable) throws { try encoder.encode(value) }
  }
}
