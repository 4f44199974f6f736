import CoRNNModel
import ComplexModule
import RealModule

/// The units' transfer functions along the curve on which a rate of decay is tested: the circle `|s| = exp(rate·dt)`
/// for the map, the line `Re s = rate` for the flow.
///
/// A place on the curve is an angular frequency in radians a unit of time, from 0 to `end`; the other half mirrors it.
struct TransferCurve: Sendable {
  let system: MovingSystem
  /// The exponent tested, per unit time.
  let rate: Double
  /// The highest frequency: π/dt for the map; infinite for the flow.
  let end: Double
  private let timeStep: Double
  private let radius: Double
  /// The different units, and which of them each unit is.
  private let kinds: [TransferUnit]
  let kindOfUnit: [Int]

  /// A bound on the distance of the responses from those interpolated between the ends of an arc, by kind.
  struct Deviation {
    var position: [Double]
    var velocity: [Double]
  }

  /// The curve for `rate`; nil where a unit's own motion doesn't provably decay at that rate.
  init?(_ oscillators: Oscillators, system: MovingSystem, rate: Double) {
    self.system = system
    self.rate = rate
    timeStep = oscillators.timeStep
    var places: [LinearUnit: Int] = [:]
    var kinds: [TransferUnit] = []
    var kindOfUnit: [Int] = []
    for index in 0..<oscillators.count {
      let unit = LinearUnit(oscillators, unit: index)
      let place = places[unit] ?? kinds.count
      if place == kinds.count {
        kinds.append(system == .map ? TransferUnit(map: unit) : TransferUnit(flow: unit))
        places[unit] = place
      }
      kindOfUnit.append(place)
    }
    self.kinds = kinds
    self.kindOfUnit = kindOfUnit
    radius = system == .map ? Double.exp(rate * oscillators.timeStep) : 0
    end = system == .map ? Double.pi / oscillators.timeStep : .infinity
    let isInside = kinds.allSatisfy { kind in
      system == .map
        ? Self.rootsLie(within: radius, linear: kind.linear, constant: kind.constant)
        : Self.rootsLie(leftOf: rate, linear: kind.linear, constant: kind.constant)
    }
    guard isInside, rate.isFinite else { return nil }
  }

  /// Jury's conditions for `(s − 1)² + linear·(s − 1) + constant`, with a margin for rounding.
  private static func rootsLie(within radius: Double, linear: Double, constant: Double) -> Bool {
    let h = radius - 1
    let atRadius = h * (h + linear) + constant
    let back = radius + 1
    let atMinusRadius = back * (back - linear) + constant
    let determinant = 1 - linear + constant
    let margin = 64 * Double.ulpOfOne
    return atRadius > margin * (h * h + abs(h * linear) + constant)
      && atMinusRadius > margin * (back * back + back * linear + constant)
      && abs(determinant) < radius * radius - margin * (1 + linear + constant)
  }

  /// Hurwitz's conditions for `s² + linear·s + constant` shifted by `rate`, with a margin for rounding.
  private static func rootsLie(leftOf rate: Double, linear: Double, constant: Double) -> Bool {
    let margin = 64 * Double.ulpOfOne
    return linear + 2 * rate > margin * (linear + 2 * abs(rate))
      && rate * (rate + linear) + constant > margin * (rate * rate + abs(rate * linear) + constant)
  }

  /// h at a frequency.
  private func place(_ frequency: Double) -> Complex<Double> {
    switch system {
    case .map:
      let angle = frequency * timeStep
      return Complex(radius * Double.cos(angle) - 1, radius * Double.sin(angle))
    case .flow: return Complex(rate, frequency)
    }
  }

  /// The responses at a frequency, by kind of unit.
  func responses(at frequency: Double) -> [TransferUnit.Response] {
    let h = place(frequency)
    return kinds.map { $0.response(at: h) }
  }

  /// How far the true responses between two frequencies can be from those interpolated linearly between the computed
  /// ones at its ends; nil where the arc is too wide to tell.
  ///
  /// With θ the parameter, `|g − interpolated| <= (b − a)²/8·sup |d²g/dθ²|`, and `|d²g/dθ²| <= v²·|g''| + |h''|·|g'|`;
  /// the circle has v = |h''| = radius (θ the angle), the line v = 1, h'' = 0.
  func deviation(from a: Double, to b: Double) -> Deviation? {
    let unit = Double.ulpOfOne / 2
    let scale = system == .map ? timeStep : 1
    let (speed, turn) = system == .map ? (radius, radius) : (1, 0)
    let width = (b - a) * scale
    let centre = place(0.5 * (a + b))
    // What rounding does to a computed h; the angle itself is rounded too.
    let placing = 8 * unit * (system == .map ? (radius + 1) * 4 : abs(rate) + b)
    let reach = (speed * 0.5 * width + 2 * placing) * (1 + 1e-12)
    let square = width * width / 8 * (1 + 1e-9)
    var deviation = Deviation(position: [], velocity: [])
    for kind in kinds {
      guard let on = kind.enclosure(centre: centre, radius: reach) else { return nil }
      func total(_ bounds: (first: Double, second: Double), _ rounding: Double) -> Double {
        square * (speed * speed * bounds.second + turn * bounds.first) + bounds.first * placing + rounding
      }
      deviation.position.append(total(on.position, on.rounding.position))
      deviation.velocity.append(total(on.velocity, on.rounding.velocity))
    }
    return deviation
  }

  /// Bounds on the flow's responses at every frequency from `frequency` on, by kind; nil where there are none yet.
  ///
  /// From `|p(s)| >= |s|² − linear·|s| − constant`, which grows with |s|.
  func tail(from frequency: Double) -> Deviation? {
    var tail = Deviation(position: [], velocity: [])
    for kind in kinds {
      let rest = frequency - kind.linear - kind.constant / frequency
      guard rest > 1e-9 * frequency else { return nil }
      tail.position.append(1 / (frequency * rest) * (1 + 1e-9))
      tail.velocity.append(1 / rest * (1 + 1e-9))
    }
    return tail
  }

  /// Frequencies from 0 on between which the responses are nearly straight: deviations are below `resolution` times
  /// the largest response of each kind; and those largest values.
  func samples(resolution: Double) -> (frequencies: [Double], position: [Double], velocity: [Double]) {
    var last = end
    if system == .flow {
      // Four times beyond the fastest unit responses only fall.
      last = 4 * (kinds.map { $0.linear + $0.constant.squareRoot() }.max() ?? 1)
    }
    var position = kinds.map { _ in 0.0 }
    var velocity = position
    func note(_ frequency: Double) {
      for (kind, response) in responses(at: frequency).enumerated() {
        position[kind] = max(position[kind], response.position.length)
        velocity[kind] = max(velocity[kind], response.velocity.length)
      }
    }
    var frequencies = [0.0]
    note(0)
    note(last)
    func divide(_ a: Double, _ b: Double, depth: Int) {
      let middle = 0.5 * (a + b)
      note(middle)
      if depth < 40 {
        let isFine = deviation(from: a, to: b).map { deviation in
          depth >= 3
            && position.indices.allSatisfy {
              deviation.position[$0] <= resolution * position[$0] && deviation.velocity[$0] <= resolution * velocity[$0]
            }
        }
        if isFine != true, frequencies.count < 3000 {
          divide(a, middle, depth: depth + 1)
          divide(middle, b, depth: depth + 1)
          return
        }
      }
      frequencies.append(b)
    }
    divide(0, last, depth: 0)
    return (frequencies, position, velocity)
  }
}
