/// A run of the map, one step after the other.
struct MapRun {
  private(set) var position: [Double]
  private(set) var velocity: [Double]
  /// The state before the last step, and sigma in it.
  private(set) var oldPosition: [Double]
  private(set) var oldVelocity: [Double]
  private(set) var force: [Double]
  private(set) var steps = 0

  init(position: [Double], velocity: [Double]) {
    self.position = position
    self.velocity = velocity
    oldPosition = position
    oldVelocity = velocity
    force = [Double](repeating: 0, count: position.count)
  }

  /// One step of every unit, from the old state of all.
  mutating func advance(_ network: Network, input: [Double]) {
    for i in 0..<network.units {
      force[i] = network.force(on: i, position: position, velocity: velocity, input: input)
      oldPosition[i] = position[i]
      oldVelocity[i] = velocity[i]
    }
    for i in 0..<network.units {
      let step = network.isImplicit ? implicitStep : explicitStep
      (position[i], velocity[i]) = step(
        oldPosition[i], oldVelocity[i], force[i], network.gamma[i], network.epsilon[i], network.timeStep)
    }
    steps += 1
  }

  /// `gamma·y² + z²` of a unit.
  func energy(_ network: Network, unit i: Int) -> Double {
    network.gamma[i] * position[i] * position[i] + velocity[i] * velocity[i]
  }
}
