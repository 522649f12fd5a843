using System.Diagnostics;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using Microsoft.EntityFrameworkCore;
using TrainingService.Contracts.Datasets;
using TrainingService.Domain.Storage;

namespace TrainingService.Api.Tests.Datasets;

/// <summary>Requests for new data sets that are wrong, hostile or broken off.</summary>
public sealed class NewDatasetsTests(ServiceFixture service) : IClassFixture<ServiceFixture>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/etc/passwd", "etc/passwd")]
    [InlineData("../../x.csv", "x.csv")]
    [InlineData("train/a.csv", "train/a.csv")]
    public async Task A05_the_name_of_a_file_is_kept_as_a_text(string given, string kept)
    {
        var form = DatasetStories.Form(new { name = DatasetStories.NewName() });
        var file = new ByteArrayContent("a\n1\n"u8.ToArray());
        file.Headers.ContentDisposition = new ContentDispositionHeaderValue("form-data") { Name = "file", FileName = $"\"{given}\"" };
        form.Add(file);

        var version = await ServiceFixture.ReadAsync<DatasetVersionResponse>(await service.PostFormAsync(form), HttpStatusCode.Accepted);

        Assert.Equal(kept, Assert.Single(version.Files!).Name);
    }

    [Fact]
    public async Task A_wrong_request_is_told_everything_that_is_wrong()
    {
        foreach (var (body, pointer) in new (string, string)[]
        {
            ("""{"name": "Houses"}""", "/name"),
            ("""{"name": "houses", "options": {"labl": "price"}, "uploads": []}""", "/options/labl"),
            ("""{"name": "mnist", "url": "https://example.com/x.csv"}""", "/name"),
            ("""{"name": "houses"}""", ""),
            ("""{"name": "houses", "uploads": ["4f3b8bde-0000-4000-8000-000000000000"]}""", "/uploads/0"),
            ("""{"name": "houses", "url": "https://example.com/x.csv", "uploads": ["x"]}""", ""),
            ("""{"name": "fashion_mnist", "description": "mine"}""", ""),
        })
        {
            var problem = await ServiceFixture.ProblemAsync(await service.PostAsync("/v1/datasets", JsonNode.Parse(body)), HttpStatusCode.BadRequest);
            Assert.Contains(problem.Errors!, error => error.Pointer == pointer);
        }
        await ServiceFixture.ProblemAsync(await service.PostFormAsync(DatasetStories.Form(null, ("a.csv", "a\n"))), HttpStatusCode.BadRequest);
        await ServiceFixture.ProblemAsync(await service.PostFormAsync(DatasetStories.Form(new { name = "houses" })), HttpStatusCode.BadRequest);
        await ServiceFixture.ProblemAsync(await service.PostFormAsync(DatasetStories.Form(new { name = "houses" }, ("a.csv", "a\n"), ("a.csv", "b\n"))), HttpStatusCode.BadRequest);
        await ServiceFixture.ProblemAsync(await service.Http.PostAsync("/v1/datasets", new StringContent("x"), Ct), HttpStatusCode.UnsupportedMediaType);
        Assert.False(await AnyAsync("houses"));
        Assert.Equal(0, await CountUploadsAsync());
    }

    [Theory]
    [InlineData("http://127.0.0.1/")]
    [InlineData("http://2130706433/")]
    [InlineData("http://[::1]/")]
    [InlineData("http://[::ffff:127.0.0.1]/")]
    [InlineData("http://10.0.0.1/")]
    [InlineData("http://169.254.169.254/latest/meta-data")]
    [InlineData("http://[fd00::1]/")]
    [InlineData("http://localhost/x.csv")]
    [InlineData("http://example.com:5432/")]
    [InlineData("http://user@example.com/")]
    [InlineData("file:///etc/passwd")]
    [InlineData("ftp://example.com/x.csv")]
    public async Task C01_C04_A01_an_address_that_is_not_allowed_is_refused_at_once(string url)
    {
        var problem = await ServiceFixture.ProblemAsync(
            await service.PostAsync("/v1/datasets", new JsonObject { ["name"] = "from-inside", ["url"] = url }), HttpStatusCode.BadRequest);

        Assert.Equal("/url", Assert.Single(problem.Errors!).Pointer);
        Assert.False(await AnyAsync("from-inside"));
    }

    [Fact]
    public async Task A_form_that_is_sent_twice_with_its_key_makes_one_version()
    {
        var (name, key) = (DatasetStories.NewName(), Guid.NewGuid().ToString());

        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => service.PostFormAsync(DatasetStories.Form(new { name }, ("a.csv", "a\n1\n")), key)));

        Assert.Single(answers, answer => answer.StatusCode == HttpStatusCode.Accepted);
        Assert.Equal(3, answers.Count(answer => answer.StatusCode == HttpStatusCode.OK));
        Assert.Single(await service.GetAsync<IReadOnlyList<DatasetVersionResponse>>($"/v1/datasets/{name}/versions"));
        await ServiceFixture.ProblemAsync(
            await service.PostFormAsync(DatasetStories.Form(new { name }, ("a.csv", "a\n2\n")), key), HttpStatusCode.UnprocessableEntity);
    }

    [Fact]
    public async Task A18_a_form_that_breaks_off_leaves_nothing()
    {
        var name = DatasetStories.NewName();
        var form = DatasetStories.Form(new { name }, ("first.csv", "a\n1\n"), ("second.csv", new string('x', 10_000)));
        var body = await form.ReadAsByteArrayAsync(Ct);
        using (var socket = new TcpClient())
        {
            await socket.ConnectAsync(service.Address.Host, service.Address.Port, Ct);
            var stream = socket.GetStream();
            await stream.WriteAsync(Encoding.ASCII.GetBytes(
                $"POST /v1/datasets HTTP/1.1\r\nHost: {service.Address.Authority}\r\nContent-Type: {form.Headers.ContentType}\r\nContent-Length: {body.Length}\r\n\r\n"), Ct);
            await stream.WriteAsync(body.AsMemory(0, body.Length - 5_000), Ct);
            await UntilAsync(async () => await CountUploadsAsync() == 1); // the first file is stored
        }

        await UntilAsync(async () => await CountUploadsAsync() == 0);
        Assert.False(await AnyAsync(name));
    }

    [Theory]
    [InlineData("dashes")]
    [InlineData("parts")]
    [InlineData("header")]
    public async Task A19_a_form_that_is_made_to_be_slow_is_refused_soon(string kind)
    {
        var body = kind switch
        {
            "dashes" => "--b" + new string('-', 10_000_000),
            "parts" => string.Concat(Enumerable.Repeat("--b\r\nContent-Disposition: form-data; name=\"x\"\r\n\r\n\r\n", 100_000)) + "--b--",
            _ => $"--b\r\nX: {new string('x', 1_000_000)}\r\n\r\n\r\n--b--",
        };
        using var content = new ByteArrayContent(Encoding.ASCII.GetBytes(body));
        content.Headers.ContentType = MediaTypeHeaderValue.Parse("multipart/form-data; boundary=b");
        var before = Process.GetCurrentProcess().TotalProcessorTime;

        using var answer = await service.Http.PostAsync("/v1/datasets", content, Ct);

        Assert.InRange((Process.GetCurrentProcess().TotalProcessorTime - before).TotalSeconds, 0, 2);
        Assert.Contains(answer.StatusCode, new[] { HttpStatusCode.BadRequest, HttpStatusCode.RequestEntityTooLarge });
        Assert.Equal(0, await CountUploadsAsync());
    }

    [Fact]
    public async Task A19_more_files_than_allowed_are_refused()
    {
        var files = Enumerable.Range(0, 1_001).Select(number => ($"{number}.csv", "a\n")).ToArray();
        using var response = await service.PostFormAsync(DatasetStories.Form(new { name = DatasetStories.NewName() }, files));

        var problem = await ServiceFixture.ProblemAsync(response, HttpStatusCode.BadRequest);

        Assert.Equal("too_many", Assert.Single(problem.Errors!).Code);
        Assert.Equal(0, await CountUploadsAsync());
    }

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        patience.CancelAfter(TimeSpan.FromSeconds(60));
        while (!await condition())
            await timer.WaitForNextTickAsync(patience.Token);
    }

    private async Task<bool> AnyAsync(string name)
    {
        await using var db = await service.Get<IDbContextFactory<TrainingDb>>().CreateDbContextAsync(Ct);
        return await db.DatasetVersions.AnyAsync(version => version.Name == name, Ct);
    }

    private async Task<int> CountUploadsAsync()
    {
        await using var db = await service.Get<IDbContextFactory<TrainingDb>>().CreateDbContextAsync(Ct);
        return await db.Uploads.CountAsync(Ct);
    }
}
