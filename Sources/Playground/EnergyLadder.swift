/// The energy of a run against its bounds, step by step: the rungs that `cornn-analyze bounds` prints, by the same
/// formulas and with the same allowance for rounding.
struct EnergyLadder {
  /// The rungs, numbered as the page does.
  enum Name: Int {
    /// 3.1, 3.1+, F.1, F.1+ and F.1++ of the map, and its gain.
    case implicitPaper, implicitSharp, explicitPaper, explicitSharp, explicitSharpest, gain
    /// D.1 and D.1+ of the ODE, and its gain.
    case flowPaper, flowSharp, flowGain

    var isOfFlow: Bool { rawValue >= Name.flowPaper.rawValue }
    var isGain: Bool { self == .gain || self == .flowGain }
  }

  /// The sums over units of `gamma·y²`, `z²` and `(1 − epsilon·dt)·z²`.
  struct Sums {
    var stiff = 0.0
    var kinetic = 0.0
    var weightedKinetic = 0.0
    var energy: Double { stiff + kinetic }
  }

  private(set) var map = Sums()
  private(set) var flow = Sums()
  private(set) var rungs: [Rung] = []
  /// The largest residual of a unit's exact energy identity, relative to the step's largest term.
  private(set) var identityResidual = 0.0
  // What rounding can have added to each unit's energy so far.
  private var rounding: [Double]
  private var totalRounding = 0.0

  init(_ network: Network, position: [Double], velocity: [Double]) {
    rounding = [Double](repeating: 0, count: network.units)
    for number in 0...Name.flowGain.rawValue {
      guard let name = Name(rawValue: number) else { continue }
      rungs.append(Rung(name, network, position: position, velocity: velocity))
    }
    for i in 0..<network.units { add(network, unit: i, position[i], velocity[i], to: &map) }
    flow = map
  }

  /// Enters a step of the map and of the flow.
  mutating func enter(_ network: Network, _ run: MapRun, _ ode: FlowRun) {
    map = Sums()
    flow = Sums()
    totalRounding = 0
    var (residual, largest) = (0.0, 0.0)
    for i in 0..<network.units {
      let identity = EnergyIdentity(network, run, unit: i)
      residual = max(residual, identity.residual)
      largest = max(largest, identity.largestTerm)
      rounding[i] += 16 * Double.ulpOfOne * identity.termSum
      totalRounding += rounding[i]
      add(network, unit: i, run.position[i], run.velocity[i], to: &map)
      add(network, unit: i, ode.position[i], ode.velocity[i], to: &flow)
    }
    if largest > 0 { identityResidual = max(identityResidual, residual / largest) }
    let time = Double(run.steps) * network.timeStep
    for k in rungs.indices where rungs[k].applies {
      let isOfFlow = rungs[k].name.isOfFlow
      rungs[k].enter(
        time: time, sums: isOfFlow ? flow : map, rounding: isOfFlow ? 0 : totalRounding,
        position: isOfFlow ? ode.position : run.position, velocity: isOfFlow ? ode.velocity : run.velocity)
    }
  }

  private func add(_ network: Network, unit i: Int, _ y: Double, _ z: Double, to sums: inout Sums) {
    sums.stiff += network.gamma[i] * y * y
    sums.kinetic += z * z
    sums.weightedKinetic += (1 - network.epsilon[i] * network.timeStep) * z * z
  }
}

/// One bound on the energy, in total, or on each unit's position and velocity.
struct Rung {
  let name: EnergyLadder.Name
  /// Whether its hypotheses hold.
  private(set) var applies: Bool
  /// The total bound after the last step, on what the rung bounds: for a gain, the energy that it allows.
  private(set) var bound = 0.0
  /// The largest value/bound, in total, or for a gain in the worst unit.
  private(set) var tightness = 0.0
  /// Whether no value was above the bound by more than rounding can have added.
  private(set) var holds = true
  /// Whether every hypothesis and every margin is further from failing than rounding.
  private(set) var isClear = true
  private var slope = 0.0
  private var start = 0.0
  private var gains: [Gain] = []
  private var units: [LinearUnit] = []
  private var gamma: [Double] = []
  // The free motion `L^n X_0` of each unit, and the largest state or bound of each.
  private var free: [(Double, Double)] = []
  private var largest: [Double] = []

  init(_ name: EnergyLadder.Name, _ network: Network, position: [Double], velocity: [Double]) {
    self.name = name
    applies = network.activation != .identity
    for i in 0..<network.units {
      require(network, unit: i)
      let (g, e, dt) = (network.gamma[i], network.epsilon[i], network.timeStep)
      let weight = name == .explicitSharp ? 1 - e * dt : 1
      start += g * position[i] * position[i] + weight * velocity[i] * velocity[i]
      switch name {
      case .implicitPaper, .explicitPaper, .flowPaper: slope += 1
      case .implicitSharp, .explicitSharp: slope += 1 / (2 * e - g * dt)
      case .explicitSharpest: slope += 1 / (2 * e - dt * (g + e * e))
      case .flowSharp: slope += 1 / (2 * e)
      case .gain, .flowGain: break
      }
    }
    guard applies, name.isGain else { return }
    for i in 0..<network.units {
      guard let gain = name == .gain ? Gain(map: network, unit: i) : Gain(flow: network, unit: i) else {
        applies = false
        return
      }
      gains.append(gain)
      units.append(name == .gain ? LinearUnit(map: network, unit: i) : LinearUnit(flow: network, unit: i))
      free.append((position[i], velocity[i]))
      largest.append(0)
    }
    gamma = network.gamma
  }

  /// Its hypotheses, for one unit.
  private mutating func require(_ network: Network, unit i: Int) {
    let (g, e, dt) = (network.gamma[i], network.epsilon[i], network.timeStep)
    switch name {
    case .implicitPaper, .implicitSharp: applies = applies && network.isImplicit
    case .explicitPaper, .explicitSharp, .explicitSharpest: applies = applies && !network.isImplicit
    case .gain, .flowPaper, .flowSharp, .flowGain: break
    }
    switch name {
    case .implicitPaper: require(dt, below: (2 * e - 1) / g, isStrict: false)
    case .implicitSharp: require(g * dt, below: 2 * e, isStrict: true)
    case .explicitPaper: require(dt, below: (2 * e - 1) / (g + e * e), isStrict: false)
    case .explicitSharp:
      require(e * dt, below: 1, isStrict: false)
      require(g * dt, below: 2 * e, isStrict: true)
    case .explicitSharpest: require(dt * (g + e * e), below: 2 * e, isStrict: true)
    case .flowPaper: require(0.5, below: e, isStrict: false)
    case .flowSharp, .flowGain: require(0, below: e, isStrict: true)
    case .gain:
      require(1e-15, below: e * dt, isStrict: true)
      if network.isImplicit {
        require(g * dt * dt, below: 4 + 2 * e * dt, isStrict: true)
      } else {
        require(e * dt, below: 2, isStrict: true)
        require(g * dt * dt, below: 4 - 2 * e * dt, isStrict: true)
      }
    }
  }

  private mutating func require(_ value: Double, below limit: Double, isStrict: Bool) {
    applies = applies && (isStrict ? value < limit : value <= limit)
    isClear = isClear && abs(limit - value) > 16 * Double.ulpOfOne * (abs(limit) + abs(value))
  }

  mutating func enter(
    time: Double, sums: EnergyLadder.Sums, rounding: Double, position: [Double], velocity: [Double]
  ) {
    guard name.isGain else {
      bound = time * slope + start
      let value: Double
      switch name {
      case .explicitSharp: value = sums.stiff + sums.weightedKinetic
      case .flowPaper: value = max(sums.stiff, sums.kinetic)
      default: value = sums.energy
      }
      return compare(value, bound, rounding: rounding)
    }
    bound = 0
    for i in units.indices {
      free[i] = units[i].applied(to: free[i])
      let y = gains[i].position + abs(free[i].0)
      let z = gains[i].velocity + abs(free[i].1)
      bound += gamma[i] * y * y + z * z
      largest[i] = max(max(largest[i], max(abs(position[i]), abs(velocity[i]))), max(y, z))
      let allowance = gains[i].relativeError * largest[i]
      compare(abs(position[i]), y, rounding: allowance)
      compare(abs(velocity[i]), z, rounding: allowance)
    }
  }

  private mutating func compare(_ value: Double, _ bound: Double, rounding: Double) {
    if value > tightness * bound { tightness = value / bound }
    let rest = bound - value
    if !(rest > rounding) {
      isClear = false
      if !(rest >= -rounding) { holds = false }
    }
  }

  /// Whether its claim is a theorem whose hypotheses and margins are clear of rounding: the ODE's runs have no proved
  /// bound on their error.
  var isRigorous: Bool { isClear && !name.isOfFlow }
}

/// The exact identity of one unit's energy over one step of the map.
///
/// implicit: e_n − e_{n−1} = −(z_n − z_{n−1})² + (gamma·dt² − 2·epsilon·dt)·z_n² + 2·dt·z_n·sigma;
/// explicit: e_n − e_{n−1} = −(1 − epsilon·dt)·(z_n − z_{n−1})² + (gamma·dt² − epsilon·dt)·z_n²
/// − epsilon·dt·z_{n−1}² + 2·dt·z_n·sigma.
struct EnergyIdentity {
  let residual: Double
  let largestTerm: Double
  /// The sum of the terms' absolute values.
  let termSum: Double

  init(_ network: Network, _ run: MapRun, unit i: Int) {
    let (g, dt) = (network.gamma[i], network.timeStep)
    let damping = network.epsilon[i] * dt
    let (z, v) = (run.velocity[i], run.oldVelocity[i])
    let energy = run.energy(network, unit: i)
    let oldEnergy = g * run.oldPosition[i] * run.oldPosition[i] + v * v
    let stiff = g * dt * dt * z * z
    let work = 2 * dt * z * run.force[i]
    let jump = (network.isImplicit ? 1 : 1 - damping) * (z - v) * (z - v)
    let newLoss = (network.isImplicit ? 2 : 1) * damping * z * z
    let oldLoss = network.isImplicit ? 0 : damping * v * v
    residual = abs((energy - oldEnergy) + jump - stiff + newLoss + oldLoss - work)
    let sizes = max(max(abs(jump), stiff), max(newLoss, oldLoss))
    largestTerm = max(max(max(energy, oldEnergy), sizes), abs(work))
    termSum = energy + oldEnergy + abs(jump) + stiff + newLoss + oldLoss + abs(work)
  }
}
