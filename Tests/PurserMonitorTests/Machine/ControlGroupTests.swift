import PurserTestSupport
import SystemPackage
import Testing

@testable import PurserMonitor

@Suite struct ControlGroupTests {
    @Test func versionTwoTakesTheLeastLimitOnTheWayUp() throws {
        try MachineFixture.run { fixture in
            try fixture.write([
                "proc/self/cgroup": "0::/system.slice/purser.service\n",
                "cgroup/system.slice/purser.service/memory.max": "max\n",
                "cgroup/system.slice/purser.service/memory.current": "999\n",
                "cgroup/system.slice/memory.max": "40960000\n",
                "cgroup/system.slice/memory.current": "30000000\n",
                "cgroup/system.slice/memory.stat": "anon 20000000\nfile 5000000\nshmem 1000000\n",
                "cgroup/system.slice/purser.service/cpu.max": "50000 100000\n",
                "cgroup/system.slice/cpu.max": "max 100000\n",
                "cgroup/system.slice/purser.service/cpu.stat": "usage_usec 5\nthrottled_usec 2500000\n",
            ])
            let figures = fixture.probe().look()
            #expect(figures.memory.groupLimit == 40_960_000)
            #expect(figures.memory.groupUsage == 30_000_000)
            #expect(figures.memory.groupHeld == 21_000_000)
            #expect(figures.memory.percentOfGroup == 50)
            #expect(figures.cpu.cores == 0.5)
            #expect(figures.cpu.throttledSeconds == 2.5)
            #expect(fixture.log.paths.isEmpty)
        }
    }

    @Test func percentOfCPUIsOfWhatTheGroupAllows() throws {
        try MachineFixture.run { fixture in
            try fixture.write(["proc/self/cgroup": "0::/\n", "cgroup/cpu.max": "50000 100000\n"])
            let probe = fixture.probe()
            _ = probe.look()
            fixture.clock.advance(by: .seconds(10))
            try fixture.write(["proc/self/stat": MachineFixture.stat("purser", user: 350, system: 100)])
            // 2.5 s of the 5 s that half a core has in ten seconds.
            #expect(probe.look().cpu.process == 50)
        }
    }

    @Test func versionOneHasATreePerController() throws {
        try MachineFixture.run { fixture in
            try fixture.write([
                "proc/self/cgroup": "5:cpu,cpuacct:/docker/abc\n4:memory:/docker/abc\n1:name=systemd:/\n0::/\n",
                "cgroup/memory/docker/abc/memory.limit_in_bytes": "40960000\n",
                "cgroup/memory/docker/abc/memory.usage_in_bytes": "30000000\n",
                "cgroup/memory/docker/abc/memory.stat": "cache 5\nrss 7\ntotal_rss 20000000\n",
                "cgroup/memory/memory.limit_in_bytes": "9223372036854771712\n",
                "cgroup/cpu,cpuacct/docker/abc/cpu.cfs_quota_us": "150000\n",
                "cgroup/cpu,cpuacct/docker/abc/cpu.cfs_period_us": "100000\n",
                "cgroup/cpu,cpuacct/docker/abc/cpu.stat": "nr_throttled 3\nthrottled_time 1500000000\n",
                "cgroup/cpu,cpuacct/cpu.cfs_quota_us": "-1\n",
            ])
            let figures = fixture.probe().look()
            #expect(figures.memory.groupLimit == 40_960_000)
            #expect(figures.memory.groupUsage == 30_000_000)
            #expect(figures.memory.groupHeld == 20_000_000)
            #expect(figures.cpu.cores == 1.5)
            #expect(figures.cpu.throttledSeconds == 1.5)
            #expect(fixture.log.paths.isEmpty)
        }
    }

    @Test func aContainerSeesItsOwnGroupAsTheRoot() throws {
        try MachineFixture.run { fixture in
            // The path is the host's; what is mounted is the container's own part of the tree.
            try fixture.write([
                "proc/self/cgroup": "4:memory:/docker/abc\n5:cpu:/docker/abc\n",
                "cgroup/memory/memory.limit_in_bytes": "50000000\n",
                "cgroup/cpu/cpu.cfs_quota_us": "50000\n",
                "cgroup/cpu/cpu.cfs_period_us": "100000\n",
            ])
            let figures = fixture.probe().look()
            #expect(figures.memory.groupLimit == 50_000_000)
            #expect(figures.cpu.cores == 0.5)
        }
    }

    @Test(arguments: ["0::/\n", "0::/../../elsewhere\n", "0::/not/there\n", "4:memory:/\n"])
    func withoutALimitThereIsNone(_ group: String) throws {
        try MachineFixture.run { fixture in
            try fixture.write(["proc/self/cgroup": group, "cgroup/cgroup.procs": "77\n"])
            let figures = fixture.probe().look()
            #expect(figures.memory.groupLimit == nil && figures.memory.percentOfGroup == nil)
            #expect(figures.cpu.cores == 2)
            #expect(fixture.log.paths.isEmpty)
        }
    }

    @Test(arguments: ["", "garbage", "12x", "-3 -3", "99999999999999999999999"])
    func garbledLimitsAreNoneAndSaidOnce(_ text: String) throws {
        try MachineFixture.run { fixture in
            try fixture.write([
                "proc/self/cgroup": "0::/a\n", "cgroup/a/memory.max": text, "cgroup/a/cpu.max": text,
                "cgroup/a/memory.current": text, "cgroup/a/memory.stat": text, "cgroup/a/cpu.stat": text,
            ])
            let probe = fixture.probe()
            let figures = probe.look()
            _ = probe.look()
            #expect(figures.memory.groupLimit == nil && figures.memory.groupUsage == nil)
            #expect(figures.cpu.cores == 2)
            #expect(fixture.log.paths.contains(fixture.root.appending("cgroup/a/cpu.max").string))
            #expect(Set(fixture.log.paths).count == fixture.log.paths.count)
        }
    }
}
