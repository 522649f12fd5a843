using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using TrainingService.Client.Tests.Server;

namespace TrainingService.Client.Tests;

public sealed class ServiceCollectionExtensionsTests
{
    [Fact]
    public async Task The_registered_client_speaks_to_the_configured_server()
    {
        var job = ScriptedJob.OfLength(2);
        await using var server = await TestServer.StartAsync(new Script().Add(job));
        var services = new ServiceCollection();
        services.AddTrainingServiceClient(options => options.ServerUrl = server.Address);
        await using var provider = services.BuildServiceProvider(validateScopes: true);

        var client = provider.GetRequiredService<TrainingServiceClient>();

        Assert.Equal(job.Id, (await client.Jobs.GetAsync(job.Id, TestContext.Current.CancellationToken)).Id);
    }

    [Theory]
    [InlineData("ftp://example.org", 1)]
    [InlineData("http://example.org", 0)]
    public async Task Wrong_options_are_refused(string url, int attempts)
    {
        var services = new ServiceCollection();
        services.AddTrainingServiceClient(options => (options.ServerUrl, options.MaxDownloadAttempts) = (new Uri(url), attempts));
        await using var provider = services.BuildServiceProvider();

        Assert.Throws<OptionsValidationException>(() => provider.GetRequiredService<TrainingServiceClient>());
    }
}
