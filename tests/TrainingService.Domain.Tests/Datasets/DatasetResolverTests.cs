using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using TrainingService.Contracts.Datasets;
using TrainingService.Domain.Datasets;
using TrainingService.Testing;

namespace TrainingService.Domain.Tests.Datasets;

public sealed class DatasetResolverTests(DomainFixture domain) : IClassFixture<DomainFixture>, IDisposable
{
    private readonly DatasetBench _bench = new(domain);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private DatasetResolver Resolver => new(
        new DatasetCatalog(Path.Combine(Repository.Root, "deploy", "datasets"), NullLogger<DatasetCatalog>.Instance), _bench.Store);

    public void Dispose() => _bench.Dispose();

    [Fact]
    public async Task A_job_is_checked_against_the_versions_that_it_names()
    {
        var name = DatasetBench.NewName();
        await _bench.AddReadyAsync(name, Ct);
        await _bench.AddReadyAsync(name, Ct);

        var infos = await Resolver.ResolveAsync(Spec(name, $"{name}@1", "mnist"), Ct);

        Assert.Equal([1, 2], infos.Where(info => info.Name == name).Select(info => info.Version).Order());
        Assert.Contains(infos, info => info.Name == "mnist");
        Assert.Equal(2, DatasetReference.Find(infos, name)!.Version);
    }

    [Fact]
    public async Task A_name_that_is_not_there_is_answered_with_those_that_are()
    {
        var name = DatasetBench.NewName();
        await _bench.AddReadyAsync(name, Ct);

        var infos = await Resolver.ResolveAsync(Spec(name + "x"), Ct);

        Assert.Contains(infos, info => info.Name == name);
        Assert.Null(DatasetReference.Find(infos, name + "x"));
    }

    [Fact]
    public async Task A_version_that_was_deleted_is_not_remembered()
    {
        var (name, resolver) = (DatasetBench.NewName(), Resolver);
        await _bench.AddReadyAsync(name, Ct);
        Assert.NotNull(DatasetReference.Find(await resolver.ResolveAsync(Spec(name), Ct), name));

        await _bench.Store.DeleteAsync(name, Ct);

        Assert.Null(DatasetReference.Find(await resolver.ResolveAsync(Spec(name), Ct), name));
    }

    private static JsonElement Spec(string train, string? validation = null, string? test = null) => JsonSerializer.SerializeToElement(new
    {
        data = new { train = new { dataset = train }, validation = new { dataset = validation }, test = new { dataset = test } },
    });
}
