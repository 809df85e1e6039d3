public import SedaiModel
import SedaiMonitor

extension DiskArray {
  /// Sets an iSCSI host port up; every iSCSI group that is not restricted to other ports has
  /// the portal from then on.
  ///
  /// - Parameter portal: nil takes its address away; its name stays.
  /// - Source: commands.md 5.2, setiscsiport.
  public func setPort(
    _ number: HostPortNumber, portal: ISCSIPortal?, by requester: Requester
  ) throws(DiskArrayError) -> HostPortFacts {
    try changePort(number, by: requester) { (port, state) throws(DiskArrayError) in
      if let portal,
        let other = state.ports.values.first(where: { $0.portal == portal && $0 != port })
      {
        throw DiskArrayError(
          .alreadyExists, .portalInUse,
          ["portal": .text(portal.description), "port": .text(other.number.description)])
      }
      port.portal = portal
    }
  }

  /// Gives a host port a name; nil takes it away.
  public func namePort(
    _ number: HostPortNumber, _ name: PortName?, by requester: Requester
  ) throws(DiskArrayError) -> HostPortFacts {
    try changePort(number, by: requester) { (port, state) throws(DiskArrayError) in
      if let name,
        state.ports.values.contains(where: { $0.name == name && $0.number != number })
      {
        throw DiskArrayError(.alreadyExists, .nameInUse, ["name": .text(name.rawValue)])
      }
      port.name = name
    }
  }

  /// A port without address and name is not kept.
  private func changePort(
    _ number: HostPortNumber, by requester: Requester,
    _ body: (inout HostPort, ArrayState) throws(DiskArrayError) -> Void
  ) throws(DiskArrayError) -> HostPortFacts {
    return try perform(.changeHostPort, by: requester) { (state, change) throws(DiskArrayError) in
      var port = state.ports[number] ?? HostPort(number: number, name: nil, portal: nil)
      try body(&port, state)
      if port.name == nil, port.portal == nil {
        change.remove(port)
      } else {
        change.put(port)
      }
      change.tell(.hostPortChanged, ["port": .text(number.description)], in: state)
      return hostPortFacts(port, in: state)
    }
  }

  /// A target listener says whether it listens at a port. Forgotten when the array stops.
  public func setListening(_ number: HostPortNumber, _ isListening: Bool) {
    state.withLock { state in
      if isListening {
        state.listening.insert(number)
      } else {
        state.listening.remove(number)
      }
    }
  }

  /// All host ports that have an address or a name, by number.
  public func hostPorts() -> [HostPortFacts] {
    look { state in
      state.ports.values.sorted { $0.number < $1.number }
        .map { self.hostPortFacts($0, in: state) }
    }
  }

  /// Gives the array another name.
  public func renameArray(
    to name: ArrayName, by requester: Requester
  ) throws(DiskArrayError) -> ArrayStatus {
    try perform(.renameArray, by: requester) { (state, change) throws(DiskArrayError) in
      var identity = state.identity
      identity.name = name.rawValue
      change.put(identity)
      change.tell(.arrayRenamed, ["name": .text(name.rawValue)], in: state)
    }
    return status()
  }
}

extension ArrayState {
  func port(_ number: HostPortNumber) throws(DiskArrayError) -> HostPort {
    guard let port = ports[number] else {
      throw DiskArrayError(.notFound, .unknownPort, ["port": .text(number.description)])
    }
    return port
  }
}
