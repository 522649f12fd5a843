using System.Diagnostics;
using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace TrainingService.Benchmarks.Load;

/// <summary>What SignalR delivers when nothing stands behind it: a process that sends a message of 120 bytes to everybody, so many times a second.</summary>
internal static class BareHub
{
    /// <summary>Argument that turns this program into the server.</summary>
    public const string Verb = "bare-hub";

    private const string Path = "/hub";

    public static async Task<int> ServeAsync(int perSecond)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddSignalR();
        await using var app = builder.Build();
        app.MapHub<Audience>(Path);
        await app.StartAsync();
        Console.WriteLine(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
        Console.ReadLine(); // all are connected
        var clients = app.Services.GetRequiredService<IHubContext<Audience>>().Clients.All;
        var padding = new string('x', 80);
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1.0 / perSecond));
        var closed = Task.Run(Console.ReadLine); // Console.In has no reading that does not block
        while (!closed.IsCompleted && await timer.WaitForNextTickAsync())
            await clients.SendAsync("m", Stopwatch.GetTimestamp(), padding);
        return 0;
    }

    /// <returns>Milliseconds of every delivery.</returns>
    public static async Task<IReadOnlyCollection<double>> MeasureAsync(int clients, int perSecond, int seconds)
    {
        using var server = Process.Start(new ProcessStartInfo("dotnet", [typeof(BareHub).Assembly.Location, Verb, perSecond.ToString(CultureInfo.InvariantCulture)])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true,
        })!;
        var address = new Uri(new Uri((await server.StandardOutput.ReadLineAsync())!), Path);
        var times = Enumerable.Range(0, clients).Select(_ => new List<double>(perSecond * seconds)).ToList();
        var connections = await Task.WhenAll(times.Select(list => ConnectAsync(address, list)));
        await server.StandardInput.WriteLineAsync();
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(seconds));
        await timer.WaitForNextTickAsync();
        await server.StandardInput.WriteLineAsync();
        await server.WaitForExitAsync();
        foreach (var connection in connections)
            await connection.DisposeAsync();
        return [.. times.SelectMany(list => list)];
    }

    private sealed class Audience : Hub;

    private static async Task<HubConnection> ConnectAsync(Uri address, List<double> times)
    {
        var connection = new HubConnectionBuilder().WithUrl(address, http =>
        {
            http.Transports = HttpTransportType.WebSockets;
            http.SkipNegotiation = true;
        }).Build();
        connection.On<long, string>("m", (made, _) => times.Add(Stopwatch.GetElapsedTime(made).TotalMilliseconds));
        await connection.StartAsync();
        return connection;
    }
}
