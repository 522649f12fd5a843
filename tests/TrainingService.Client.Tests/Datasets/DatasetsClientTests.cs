using TrainingService.Contracts.Datasets;
using TrainingService.Client.Tests.Cli;

namespace TrainingService.Client.Tests.Datasets;

public sealed class DatasetsClientTests : IDisposable
{
    private const string Csv = "rooms,kind\n3,house\n4,flat\n5,house\n";

    private readonly string _folder = Directory.CreateTempSubdirectory("datasets-").FullName;
    private readonly DatasetService _service = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task An_upload_goes_on_where_its_connection_broke()
    {
        _service.Breaks = 2;
        await using var server = await _service.StartAsync();

        var upload = await server.Client().Datasets.UploadAsync(await FileAsync(), cancellationToken: Ct);

        Assert.Equal(("houses.csv", Csv), (upload.FileName, _service.Received));
        Assert.True(upload.Complete);
    }

    [Fact]
    public async Task The_list_follows_the_cursor_to_the_end()
    {
        await using var server = await _service.StartAsync();
        Assert.Equal(["houses", "mnist"], await server.Client().Datasets.ListAsync(Ct).Select(dataset => dataset.Name).ToListAsync(Ct));
    }

    [Fact]
    public async Task The_command_line_uploads_waits_and_shows_the_columns()
    {
        await using var server = await _service.StartAsync();

        var (exitCode, output, errors) = await CliTests.RunAsync(
            "dataset", "upload", "houses", await FileAsync(), "--label", "kind", "--description", "Prices", "--server", $"{server.Address}");

        Assert.True(exitCode == 0, errors);
        var request = Assert.Single(_service.Requests);
        Assert.Equal(("houses", "Prices"), (request.Name, request.Description));
        Assert.Equal(["kind"], request.Options!.Label!);
        Assert.Single(request.Uploads!);
        Assert.Contains("houses@1  is ready", output, StringComparison.Ordinal);
        Assert.Matches(@"kind\s+label\s+int64\s+1\s.*house \(2\), flat \(1\)", output);
    }

    [Fact]
    public async Task The_command_line_says_which_row_was_wrong()
    {
        _service.End = _service.End with
        {
            Status = DatasetStatus.Failed, Error = new DatasetError(DatasetErrorCodes.BadValue, "expected a number. Received: x.", "houses.csv", 7, "rooms"),
        };
        await using var server = await _service.StartAsync();

        var (exitCode, output, _) = await CliTests.RunAsync("dataset", "upload", "houses", await FileAsync(), "--server", $"{server.Address}");

        Assert.Equal(1, exitCode);
        Assert.Contains("expected a number. Received: x.", output, StringComparison.Ordinal);
        Assert.Contains("houses.csv, row 7, column rooms", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_command_line_lists_shows_and_deletes()
    {
        await using var server = await _service.StartAsync();
        foreach (var (arguments, said) in new (string[], string)[]
        {
            (["list"], "mnist"), (["show", "houses"], "fingerprint ffffffffffffffff"), (["delete", "houses"], "houses is deleted"),
        })
        {
            var (exitCode, output, errors) = await CliTests.RunAsync([.. new[] { "dataset" }, .. arguments, "--server", $"{server.Address}"]);
            Assert.True(exitCode == 0, errors);
            Assert.Contains(said, output, StringComparison.Ordinal);
        }
        Assert.NotEqual(0, (await CliTests.RunAsync("dataset", "show", "Houses!", "--server", $"{server.Address}")).ExitCode);
    }

    private async Task<string> FileAsync()
    {
        var path = Path.Combine(_folder, "houses.csv");
        await File.WriteAllTextAsync(path, Csv, Ct);
        return path;
    }
}
