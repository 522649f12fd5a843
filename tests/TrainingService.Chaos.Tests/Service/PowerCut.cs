namespace TrainingService.Chaos.Tests.Service;

/// <summary>
/// What is on a disk after the power went at some step: of a file, what was synced; of a name, what its folder's sync made last. The worst that a file
/// system may do, and so what a program must be ready for.
/// </summary>
internal sealed class PowerCut
{
    private readonly Dictionary<string, bool> _isSynced = [];
    private readonly Dictionary<string, bool> _isNameSafe = [];

    /// <summary>Files of which the database may have heard.</summary>
    public HashSet<string> Rows { get; } = [];

    /// <summary>Names that there are, safe or not, with whether their content is.</summary>
    public IEnumerable<(string Path, bool IsContentSafe, bool IsNameSafe)> Files => _isSynced.Select(file => (file.Key, file.Value, _isNameSafe[file.Key]));

    public void Add(FileStep step)
    {
        switch (step)
        {
            case FileStep.Write(var path):
                _isSynced[path] = false;
                _isNameSafe.TryAdd(path, false);
                break;
            case FileStep.SyncFile(var path):
                _isSynced[path] = true;
                _isNameSafe.TryAdd(path, false);
                break;
            case FileStep.Rename(var from, var to):
                _isNameSafe.Remove(from);
                _isNameSafe[to] = false;
                _isSynced[to] = _isSynced.Remove(from, out var synced) && synced;
                break;
            case FileStep.SyncFolder(var folder):
                foreach (var path in _isNameSafe.Keys.Where(path => Path.GetDirectoryName(path) == folder).ToList())
                    _isNameSafe[path] = true;
                break;
            case FileStep.Row(var sha256):
                Rows.Add(sha256);
                break;
        }
    }
}
