/* test_features.c: the feature sections, each in both byte orders. The layouts are spelled out
 * here, primitive by primitive. */
#include "check.h"
#include "perf_records.h"

static struct perf_builder *start(int big)
{
    static const struct flame_event_attr attr = { .sample_type = FLAME_SAMPLE_IP };
    struct perf_builder *b = builder_new((struct builder_options){ .big_endian = big });
    builder_attr(b, &attr, NULL, 0, NULL);
    builder_feature_string(b, FLAME_PERF_FEATURE_HOSTNAME, "box"); /* a big-endian map needs it */
    builder_comm(b, 1, 1, "sh");
    return b;
}

static struct perf_records finish(struct perf_builder *b)
{
    struct perf_records r = perf_records_read(builder_finish(b));
    if (r.file.bad_features)
        fail_msg("%s", r.file.bad_feature.text);
    return r;
}

TEST(strings_end_at_their_padding)
{
    FOR_BOTH_ORDERS(big)
    {
        struct perf_builder *b = start(big);
        builder_feature_string(b, FLAME_PERF_FEATURE_OSRELEASE, "6.1.0");
        builder_feature_string(b, FLAME_PERF_FEATURE_VERSION, "");
        builder_feature_string(b, FLAME_PERF_FEATURE_ARCH, "aarch64");
        builder_feature_string(b, FLAME_PERF_FEATURE_CPUDESC, "Neoverse");
        builder_feature_begin(b, FLAME_PERF_FEATURE_CPUID);
        builder_u32(b, 4);
        builder_bytes(b, "full", 4); /* no NUL at all */
        builder_feature_end(b);
        struct perf_records r = finish(b);
        const struct flame_perf_features *f = &r.file.features;
        assert_str(f->hostname, "box");
        assert_str(f->osrelease, "6.1.0");
        assert_str(f->version, "");
        assert_str(f->arch, "aarch64");
        assert_str(f->cpudesc, "Neoverse");
        assert_str(f->cpuid, "full");
        perf_records_discard(b, &r);
    }
}

TEST(scalars_come_back)
{
    FOR_BOTH_ORDERS(big)
    {
        struct perf_builder *b = start(big);
        builder_feature_begin(b, FLAME_PERF_FEATURE_NRCPUS);
        builder_u32(b, 8);
        builder_u32(b, 6);
        builder_feature_end(b);
        builder_feature_begin(b, FLAME_PERF_FEATURE_TOTAL_MEM);
        builder_u64(b, 16384000);
        builder_feature_end(b);
        builder_feature_begin(b, FLAME_PERF_FEATURE_SAMPLE_TIME);
        builder_u64(b, 1000000001);
        builder_u64(b, 2000000002);
        builder_feature_end(b);
        builder_feature_begin(b, FLAME_PERF_FEATURE_CLOCKID);
        builder_u64(b, 1);
        builder_feature_end(b);
        builder_feature_begin(b, FLAME_PERF_FEATURE_DIR_FORMAT);
        builder_u64(b, 1);
        builder_feature_end(b);
        builder_feature_begin(b, FLAME_PERF_FEATURE_COMPRESSED);
        for (uint32_t i = 0; i < 5; i++)
            builder_u32(b, (uint32_t[]){ 0, 1, 3, 12, 528384 }[i]);
        builder_feature_end(b);
        builder_feature_begin(b, FLAME_PERF_FEATURE_CLOCK_DATA);
        builder_u32(b, 1);
        builder_u32(b, 4);
        builder_u64(b, 1700000000000000000);
        builder_u64(b, 12345);
        builder_feature_end(b);
        builder_feature_begin(b, FLAME_PERF_FEATURE_E_MACHINE);
        builder_u32(b, 183);
        builder_u32(b, 7);
        builder_feature_end(b);
        builder_feature_begin(b, FLAME_PERF_FEATURE_CLN_SIZE);
        builder_u32(b, 64);
        builder_feature_end(b);
        struct perf_records r = finish(b);
        const struct flame_perf_features *f = &r.file.features;
        assert_int_equal(f->cpus_available, 8);
        assert_int_equal(f->cpus_online, 6);
        assert_int_equal(f->total_mem_kb, 16384000);
        assert_int_equal(f->first_sample_ns, 1000000001);
        assert_int_equal(f->last_sample_ns, 2000000002);
        assert_int_equal(f->clock_resolution_ns, 1);
        assert_int_equal(f->dir_version, 1);
        assert_int_equal(f->compressed.type, 1);
        assert_int_equal(f->compressed.level, 3);
        assert_int_equal(f->compressed.ratio, 12);
        assert_int_equal(f->compressed.mmap_len, 528384);
        assert_int_equal(f->clock_data.clockid, 4);
        assert_int_equal(f->clock_data.wall_ns, 1700000000000000000);
        assert_int_equal(f->clock_data.clock_ns, 12345);
        assert_int_equal(f->e_machine, 183);
        assert_int_equal(f->e_flags, 7);
        assert_int_equal(f->cache_line_bytes, 64);
        perf_records_discard(b, &r);
    }
}

TEST(command_line_keeps_its_words)
{
    FOR_BOTH_ORDERS(big)
    {
        struct perf_builder *b = start(big);
        builder_feature_begin(b, FLAME_PERF_FEATURE_CMDLINE);
        builder_u32(b, 3);
        builder_string(b, "/usr/bin/perf");
        builder_string(b, "record");
        builder_string(b, "a b");
        builder_feature_end(b);
        struct perf_records r = finish(b);
        assert_int_equal(r.file.features.cmdline.count, 3);
        assert_str(r.file.features.cmdline.items[0], "/usr/bin/perf");
        assert_str(r.file.features.cmdline.items[2], "a b");
        perf_records_discard(b, &r);
    }
}

TEST(event_desc_has_attr_name_and_ids)
{
    FOR_BOTH_ORDERS(big)
    {
        struct perf_builder *b = builder_new((struct builder_options){ .big_endian = big });
        struct flame_event_attr attr = { .type = 2, .config = 314, .flags = 1 };
        builder_attr(b, &attr, "sched:sched_switch", 2, (uint64_t[]){ 5, 6 });
        attr.config = 315;
        builder_attr(b, &attr, "other", 1, (uint64_t[]){ 7 });
        builder_feature_string(b, FLAME_PERF_FEATURE_HOSTNAME, "box");
        builder_comm(b, 1, 1, "sh");
        struct perf_records r = finish(b);
        const struct flame_perf_features *f = &r.file.features;
        assert_int_equal(f->event_desc.count, 2);
        assert_str(f->event_desc.items[0].name, "sched:sched_switch");
        assert_int_equal(f->event_desc.items[0].attr.config, 314);
        assert_true(flame_attr_has(&f->event_desc.items[0].attr, FLAME_ATTR_disabled));
        assert_int_equal(f->event_desc.items[0].ids.count, 2);
        assert_int_equal(f->event_desc.items[0].ids.items[1], 6);
        assert_str(f->event_desc.items[1].name, "other");
        assert_int_equal(f->event_desc.items[1].ids.items[0], 7);
        perf_records_discard(b, &r);
    }
}

/* parts: 0 the two lists of perf 3.x; 1 with cores and sockets; 2 with dies too. */
static void put_topology(struct perf_builder *b, int parts)
{
    builder_feature_begin(b, FLAME_PERF_FEATURE_NRCPUS);
    builder_u32(b, 2);
    builder_u32(b, 2);
    builder_feature_end(b);
    builder_feature_begin(b, FLAME_PERF_FEATURE_CPU_TOPOLOGY);
    builder_u32(b, 1);
    builder_string(b, "0-1");
    builder_u32(b, 2);
    builder_string(b, "0");
    builder_string(b, "1");
    for (uint32_t i = 0; i < 4 && parts > 0; i++)
        builder_u32(b, 10 + i);
    if (parts > 1) {
        builder_u32(b, 1);
        builder_string(b, "0-1");
        builder_u32(b, 20);
        builder_u32(b, 21);
    }
    builder_feature_end(b);
}

TEST(cpu_topology_is_read_in_each_of_its_lengths)
{
    FOR_BOTH_ORDERS(big) for (int parts = 0; parts < 3; parts++)
    {
        struct perf_builder *b = start(big);
        put_topology(b, parts);
        struct perf_records r = finish(b);
        const struct flame_perf_features *f = &r.file.features;
        assert_int_equal(f->core_siblings.count, 1);
        assert_str(f->core_siblings.items[0], "0-1");
        assert_int_equal(f->thread_siblings.count, 2);
        assert_str(f->thread_siblings.items[1], "1");
        assert_int_equal(f->cpus.count, parts > 0 ? 2 : 0);
        if (parts > 0) {
            assert_int_equal(f->cpus.items[1].core, 12);
            assert_int_equal(f->cpus.items[1].socket, 13);
            assert_int_equal(f->cpus.items[1].die, parts > 1 ? 21 : 0);
        }
        assert_int_equal(f->die_siblings.count, parts > 1 ? 1 : 0);
        perf_records_discard(b, &r);
    }
}

TEST(memory_and_caches_come_back)
{
    FOR_BOTH_ORDERS(big)
    {
        struct perf_builder *b = start(big);
        builder_feature_begin(b, FLAME_PERF_FEATURE_NUMA_TOPOLOGY);
        builder_u32(b, 2);
        for (uint32_t i = 0; i < 2; i++) {
            builder_u32(b, i);
            builder_u64(b, 1000 + i);
            builder_u64(b, 500 + i);
            builder_string(b, i ? "4-7" : "0-3");
        }
        builder_feature_end(b);
        builder_feature_begin(b, FLAME_PERF_FEATURE_CACHE);
        builder_u32(b, 1);
        builder_u32(b, 1);
        for (uint32_t i = 0; i < 4; i++)
            builder_u32(b, (uint32_t[]){ 2, 64, 1024, 16 }[i]);
        builder_string(b, "Unified");
        builder_string(b, "1024K");
        builder_string(b, "0-1");
        builder_feature_end(b);
        builder_feature_begin(b, FLAME_PERF_FEATURE_MEM_TOPOLOGY);
        builder_u64(b, 1);
        builder_u64(b, 0x8000000);
        builder_u64(b, 2);
        for (uint64_t node = 0; node < 2; node++) {
            builder_u64(b, node);
            builder_u64(b, 64 + node); /* one word, two words */
            builder_u64(b, 64 + node);
            for (uint64_t i = 0; i <= node; i++)
                builder_u64(b, 0xf0 + i);
        }
        builder_feature_end(b);
        struct perf_records r = finish(b);
        const struct flame_perf_features *f = &r.file.features;
        assert_int_equal(f->numa.count, 2);
        assert_int_equal(f->numa.items[1].node, 1);
        assert_int_equal(f->numa.items[1].total_kb, 1001);
        assert_int_equal(f->numa.items[1].free_kb, 501);
        assert_str(f->numa.items[1].cpus, "4-7");
        assert_int_equal(f->caches.count, 1);
        assert_int_equal(f->caches.items[0].ways, 16);
        assert_str(f->caches.items[0].type, "Unified");
        assert_str(f->caches.items[0].size, "1024K");
        assert_str(f->caches.items[0].map, "0-1");
        assert_int_equal(f->mem_block_bytes, 0x8000000);
        assert_int_equal(f->mem.count, 2);
        assert_int_equal(f->mem.items[0].words[0], 0xf0);
        assert_int_equal(f->mem.items[1].bits, 65);
        assert_int_equal(f->mem.items[1].words[1], 0xf1);
        perf_records_discard(b, &r);
    }
}

TEST(pmus_groups_and_capabilities_come_back)
{
    FOR_BOTH_ORDERS(big)
    {
        struct perf_builder *b = start(big);
        builder_feature_begin(b, FLAME_PERF_FEATURE_PMU_MAPPINGS);
        builder_u32(b, 2);
        builder_u32(b, 4);
        builder_string(b, "cpu");
        builder_u32(b, 1);
        builder_string(b, "software");
        builder_feature_end(b);
        builder_feature_begin(b, FLAME_PERF_FEATURE_GROUP_DESC);
        builder_u32(b, 1);
        builder_string(b, "{anon_group}");
        builder_u32(b, 3);
        builder_u32(b, 2);
        builder_feature_end(b);
        builder_feature_begin(b, FLAME_PERF_FEATURE_CPU_PMU_CAPS);
        builder_u32(b, 1);
        builder_string(b, "branches");
        builder_string(b, "32");
        builder_feature_end(b);
        builder_feature_begin(b, FLAME_PERF_FEATURE_HYBRID_TOPOLOGY);
        builder_u32(b, 2);
        builder_string(b, "cpu_core");
        builder_string(b, "0-15");
        builder_string(b, "cpu_atom");
        builder_string(b, "16-23");
        builder_feature_end(b);
        builder_feature_begin(b, FLAME_PERF_FEATURE_PMU_CAPS);
        builder_u32(b, 2);
        builder_u32(b, 1);
        builder_string(b, "max_precise");
        builder_string(b, "3");
        builder_string(b, "cpu_core");
        builder_u32(b, 0);
        builder_string(b, "cpu_atom");
        builder_feature_end(b);
        struct perf_records r = finish(b);
        const struct flame_perf_features *f = &r.file.features;
        assert_int_equal(f->pmus.count, 2);
        assert_int_equal(f->pmus.items[0].type, 4);
        assert_str(f->pmus.items[1].name, "software");
        assert_int_equal(f->pmus_by_type[0].type, 1);
        assert_str(f->pmus_by_type[1].name, "cpu");
        assert_str(f->groups.items[0].name, "{anon_group}");
        assert_int_equal(f->groups.items[0].leader, 3);
        assert_int_equal(f->groups.items[0].members, 2);
        assert_str(f->cpu_pmu_caps.items[0].name, "branches");
        assert_str(f->cpu_pmu_caps.items[0].value, "32");
        assert_int_equal(f->hybrid.count, 2);
        assert_str(f->hybrid.items[1].value, "16-23");
        assert_int_equal(f->pmu_caps.count, 2);
        assert_str(f->pmu_caps.items[0].pmu, "cpu_core");
        assert_str(f->pmu_caps.items[0].caps.items[0].value, "3");
        assert_str(f->pmu_caps.items[1].pmu, "cpu_atom");
        assert_int_equal(f->pmu_caps.items[1].caps.count, 0);
        perf_records_discard(b, &r);
    }
}

static struct perf_records with_pmus(uint32_t count, struct perf_builder **b)
{
    *b = start(0);
    builder_feature_begin(*b, FLAME_PERF_FEATURE_PMU_MAPPINGS);
    builder_u32(*b, count);
    for (uint32_t i = 0; i < count; i++) {
        builder_u32(*b, 5);
        builder_string(*b, i ? "another" : "first");
    }
    builder_feature_end(*b);
    return perf_records_read(builder_finish(*b));
}

TEST(no_machine_has_more_than_4096_pmus)
{
    struct perf_builder *b;
    struct perf_records r = with_pmus(4096, &b);
    assert_int_equal(r.file.bad_features, 0);
    assert_int_equal(r.file.features.pmus.count, 4096);
    assert_str(r.file.features.pmus_by_type[0].name, "first");
    perf_records_discard(b, &r);
    r = with_pmus(4097, &b);
    assert_int_equal(r.file.bad_features, 1);
    assert_int_equal(r.file.bad_feature.status, FLAME_LIMIT);
    assert_int_equal(r.file.features.pmus.count, 4096);
    perf_records_discard(b, &r);
}

TEST(aux_areas_and_bpf_are_framed)
{
    FOR_BOTH_ORDERS(big)
    {
        struct perf_builder *b = start(big);
        builder_feature_begin(b, FLAME_PERF_FEATURE_AUXTRACE);
        builder_u64(b, 1);
        builder_u64(b, 4096);
        builder_u64(b, 100);
        builder_feature_end(b);
        builder_feature_begin(b, FLAME_PERF_FEATURE_BPF_PROG_INFO);
        builder_u32(b, 2);
        for (int i = 0; i < 2; i++) {
            builder_u32(b, 3);
            builder_u32(b, 2);
            builder_u64(b, 5);
            builder_bytes(b, "infda", 5);
        }
        builder_feature_end(b);
        builder_feature_begin(b, FLAME_PERF_FEATURE_BPF_BTF);
        builder_u32(b, 1);
        builder_u32(b, 77);
        builder_u32(b, 4);
        builder_bytes(b, "btf!", 4);
        builder_feature_end(b);
        struct perf_records r = finish(b);
        const struct flame_perf_features *f = &r.file.features;
        assert_int_equal(f->auxtraces.items[0].offset, 4096);
        assert_int_equal(f->auxtraces.items[0].size, 100);
        assert_int_equal(f->bpf_progs.count, 2);
        assert_int_equal(f->bpf_progs.items[1].arrays, 5);
        assert_memory_equal(f->bpf_progs.items[1].info.ptr, "inf", 3);
        assert_memory_equal(f->bpf_progs.items[1].data.ptr, "da", 2);
        assert_int_equal(f->btfs.items[0].id, 77);
        assert_memory_equal(f->btfs.items[0].data.ptr, "btf!", 4);
        perf_records_discard(b, &r);
    }
}

TEST(scheduler_domains_have_names_since_version_17)
{
    FOR_BOTH_ORDERS(big) for (uint32_t version = 15; version <= 17; version += 2)
    {
        struct perf_builder *b = start(big);
        builder_feature_begin(b, FLAME_PERF_FEATURE_CPU_DOMAIN_INFO);
        builder_u32(b, version);
        builder_u32(b, 2);
        for (uint32_t cpu = 0; cpu < 2; cpu++) {
            builder_u32(b, cpu);
            builder_u32(b, 1);
            builder_u32(b, 0);
            if (version >= 17)
                builder_string(b, "MC");
            builder_string(b, "3");
            builder_string(b, "0-1");
        }
        builder_feature_end(b);
        struct perf_records r = finish(b);
        const struct flame_perf_features *f = &r.file.features;
        assert_int_equal(f->schedstat_version, version);
        assert_int_equal(f->max_domains, 2);
        assert_int_equal(f->cpu_domains.count, 2);
        assert_int_equal(f->cpu_domains.items[1].cpu, 1);
        assert_str(f->cpu_domains.items[1].domains.items[0].name, version >= 17 ? "MC" : "");
        assert_str(f->cpu_domains.items[1].domains.items[0].list, "0-1");
        perf_records_discard(b, &r);
    }
}

/* One record of the BUILD_ID feature. */
static void put_build_id(struct perf_builder *b, uint16_t misc, bool with_pid, const char *id,
                         uint8_t id_size, const char *name)
{
    builder_begin(b, 0, misc);
    if (with_pid)
        builder_u32(b, UINT32_MAX);
    char bytes[20] = { 0 };
    memcpy(bytes, id, strlen(id));
    builder_bytes(b, bytes, 20);
    builder_u8(b, id_size);
    builder_bytes(b, "\0\0\0", 3);
    builder_text(b, name, 4); /* not 8 */
    builder_end(b);
}

TEST(build_ids_say_their_size_since_bit_15)
{
    FOR_BOTH_ORDERS(big)
    {
        struct perf_builder *b = start(big);
        builder_feature_begin(b, FLAME_PERF_FEATURE_BUILD_ID);
        put_build_id(b, FLAME_MODE_KERNEL, true, "twentytwentytwentyzz", 99, "[kernel.kallsyms]");
        put_build_id(b, 0x8000 | FLAME_MODE_USER, true, "sixteensixteen16", 16, "/bin/x");
        put_build_id(b, 0x8000, true, "twentytwentytwentyzz", 21, "/bin/y"); /* impossible */
        builder_feature_end(b);
        struct perf_records r = finish(b);
        const struct flame_perf_features *f = &r.file.features;
        assert_int_equal(f->build_ids.count, 3);
        assert_int_equal(f->build_ids.items[0].pid, -1);
        assert_int_equal(f->build_ids.items[0].misc & 7, FLAME_MODE_KERNEL);
        assert_int_equal(f->build_ids.items[0].build_id.size, 20);
        assert_str(f->build_ids.items[0].filename, "[kernel.kallsyms]");
        assert_int_equal(f->build_ids.items[1].build_id.size, 16);
        assert_memory_equal(f->build_ids.items[1].build_id.bytes, "sixteensixteen16\0\0\0\0", 20);
        assert_str(f->build_ids.items[1].filename, "/bin/x");
        assert_int_equal(f->build_ids.items[2].build_id.size, 20);
        perf_records_discard(b, &r);
    }
}

TEST(build_ids_of_the_first_writers_have_no_pid)
{
    FOR_BOTH_ORDERS(big)
    {
        struct perf_builder *b = start(big);
        builder_feature_begin(b, FLAME_PERF_FEATURE_BUILD_ID);
        put_build_id(b, FLAME_MODE_KERNEL, false, "twentytwentytwentyzz", 0, "[kernel.kallsyms]");
        put_build_id(b, FLAME_MODE_USER, false, "anotheranotheranothe", 0, "/bin/x");
        builder_feature_end(b);
        struct perf_records r = finish(b);
        const struct flame_perf_features *f = &r.file.features;
        assert_int_equal(f->build_ids.count, 2);
        assert_str(f->build_ids.items[0].filename, "[kernel.kallsyms]");
        assert_memory_equal(f->build_ids.items[1].build_id.bytes, "anotheranotheranothe", 20);
        assert_str(f->build_ids.items[1].filename, "/bin/x");
        assert_int_equal(f->build_ids.items[1].pid, -1);
        perf_records_discard(b, &r);
    }
}

/* A feature of no bytes: BRANCH_STACK is a flag, CPUDESC is what an old perf could not write. */
TEST(empty_sections_are_no_failure)
{
    struct perf_builder *b = start(0);
    builder_feature_begin(b, FLAME_PERF_FEATURE_BRANCH_STACK);
    builder_feature_end(b);
    builder_feature_begin(b, FLAME_PERF_FEATURE_CPUDESC);
    builder_feature_end(b);
    struct perf_records r = finish(b);
    const struct flame_perf_features *f = &r.file.features;
    assert_true(f->sections[FLAME_PERF_FEATURE_BRANCH_STACK].present);
    assert_true(f->sections[FLAME_PERF_FEATURE_CPUDESC].present);
    assert_str(f->cpudesc, "");
    assert_str(f->hostname, "box");
    perf_records_discard(b, &r);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(strings_end_at_their_padding),
        cmocka_unit_test(scalars_come_back),
        cmocka_unit_test(command_line_keeps_its_words),
        cmocka_unit_test(event_desc_has_attr_name_and_ids),
        cmocka_unit_test(cpu_topology_is_read_in_each_of_its_lengths),
        cmocka_unit_test(memory_and_caches_come_back),
        cmocka_unit_test(pmus_groups_and_capabilities_come_back),
        cmocka_unit_test(no_machine_has_more_than_4096_pmus),
        cmocka_unit_test(aux_areas_and_bpf_are_framed),
        cmocka_unit_test(scheduler_domains_have_names_since_version_17),
        cmocka_unit_test(build_ids_say_their_size_since_bit_15),
        cmocka_unit_test(build_ids_of_the_first_writers_have_no_pid),
        cmocka_unit_test(empty_sections_are_no_failure),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
